import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVMap;
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

    /** Commands that make or remove collections and indexes. */
    private static final Set<String> STRUCTURE = Set.of(
            "create", "createIndexes", "drop", "dropDatabase", "dropIndexes", "renameCollection");

    private static final class CommittingBackend extends H2Backend {
        /** Collections that are known to exist. */
        private final Set<String> existing = ConcurrentHashMap.newKeySet();
        /** Held for writing by what changes the structure, and for reading by everything else. */
        private final ReadWriteLock structure = new ReentrantReadWriteLock(true);

        CommittingBackend(MVStore store) {
            super(store);
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            String command = message.getDocument().keySet().iterator().next();
            if (READS.contains(command)) {
                return beside(command.equals("hello") ? asIsMaster(message) : message);
            }
            try {
                return handleWrite(command, message);
            } finally {
                // Also after a failure: an unordered bulk write that fails has written its other documents.
                commit();
            }
        }

        /**
         * The library makes a collection when it is first written to, but does not keep apart two that make it at once,
         * nor an index that is made from documents that are read or written. So what makes something runs alone.
         */
        private Document handleWrite(String command, MongoMessage message) {
            String database = message.getDatabaseName();
            String collection = String.valueOf(message.getDocument().get(command));
            String name = database + "." + collection;
            if (!STRUCTURE.contains(command) && existing.contains(name)) {
                return beside(message);
            }
            structure.writeLock().lock();
            try {
                Document reply = super.handleMessage(message);
                if (STRUCTURE.contains(command)) {
                    existing.clear();
                } else if (resolveDatabase(database).resolveCollection(collection, false) != null) {
                    existing.add(name);
                }
                return reply;
            } finally {
                structure.writeLock().unlock();
            }
        }

        private Document beside(MongoMessage message) {
            structure.readLock().lock();
            try {
                return super.handleMessage(message);
            } finally {
                structure.readLock().unlock();
            }
        }

        @Override
        protected MongoDatabase openOrCreateDatabase(String name) {
            MVStore store = getMvStore();
            return new H2Database(name, store, getCursorRegistry()) {
                @Override
                protected MongoCollection<Object> openOrCreateCollection(String collection, CollectionOptions options) {
                    String full = getFullCollectionNamespace(collection);
                    return new ByIdCollection(
                            this, collection, options, store.openMap("databases." + full), store.openMap("meta." + full),
                            cursorRegistry);
                }
            };
        }

        /** The library knows `hello` only by its old name. */
        private static MongoMessage asIsMaster(MongoMessage hello) {
            Document document = new Document("isMaster", 1);
            document.put("$db", hello.getDatabaseName());
            return new MongoMessage(hello.getChannel(), hello.getHeader(), document);
        }
    }

    /** The library goes by the index of `_id` only where a query names nothing else; MongoDB always does. */
    private static final class ByIdCollection extends H2Collection {
        ByIdCollection(MongoDatabase database, String name, CollectionOptions options, MVMap<Object, Document> documents,
                MVMap<String, Object> meta, CursorRegistry cursors) {
            super(database, name, options, documents, meta, cursors);
        }

        @Override
        protected QueryResult queryDocuments(
                Document query, Document order, int skip, int limit, int batchSize, Document fields) {
            // An ObjectId only: numbers and texts are equal to others of their kind by rules of their own.
            if (!(query.get("_id") instanceof ObjectId id)) {
                return super.queryDocuments(query, order, skip, limit, batchSize, fields);
            }
            List<Object> position = getDocument(id) == null ? List.of() : List.of(id);
            return matchDocuments(query, position, order, skip, limit, batchSize, fields);
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
