import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.net.InetSocketAddress;
import java.util.Set;
import org.h2.mvstore.MVStore;

/**
 * A MongoDB-compatible server on one file, for machines where MongoDB itself cannot be had.
 *
 * usage: java MongoSubstitute PORT FILE
 *
 * Prints "listening on PORT" when it takes connections. A write is in the file before its reply is sent, so an
 * acknowledged write survives SIGKILL (it is not synced to the disk, so not a power failure). SIGTERM closes the file.
 */
public final class MongoSubstitute {
    /** Commands that change nothing; every other one is committed before it is answered. */
    private static final Set<String> READS = Set.of(
            "find", "getMore", "count", "distinct", "hello", "isMaster", "ismaster", "ping", "buildInfo", "endSessions",
            "killCursors", "listCollections", "listDatabases", "listIndexes", "serverStatus");

    private static final class CommittingBackend extends H2Backend {
        CommittingBackend(MVStore store) {
            super(store);
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            String command = message.getDocument().keySet().iterator().next();
            try {
                return super.handleMessage(command.equals("hello") ? asIsMaster(message) : message);
            } finally {
                // Also after a failure: an unordered bulk write that fails has written its other documents.
                if (!READS.contains(command)) {
                    commit();
                }
            }
        }

        /** The library knows `hello` only by its old name. */
        private static MongoMessage asIsMaster(MongoMessage hello) {
            Document document = new Document("isMaster", 1);
            document.put("$db", hello.getDatabaseName());
            return new MongoMessage(hello.getChannel(), hello.getHeader(), document);
        }
    }

    public static void main(String[] args) {
        int port = Integer.parseInt(args[0]);
        MVStore store = new MVStore.Builder().fileName(args[1]).open();
        MongoServer server = new MongoServer(new CommittingBackend(store));
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        server.bind(new InetSocketAddress("127.0.0.1", port));
        System.out.println("listening on " + port);
    }
}
