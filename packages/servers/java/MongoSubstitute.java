import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;

/**
 * A MongoDB-compatible server on one file, for machines where MongoDB itself cannot be had.
 *
 * usage: java MongoSubstitute PORT FILE
 *
 * Prints "listening on PORT" when it takes connections. What a reply tells of is in the file before it is sent, so an
 * acknowledged write survives SIGKILL (it is not synced to the disk, so not a power failure). SIGTERM closes the file.
 * While the disk is nearly full, writes are refused with MongoDB's OutOfDiskSpace (14031) and reads go on. A write that
 * fails all the same ends the process with 14 and a line that says why, as it does mongod: nobody is told of it.
 */
public final class MongoSubstitute {
    /** Commands that tell nothing of documents. */
    private static final Set<String> ABOUT_SERVER = Set.of(
            "hello", "isMaster", "ismaster", "ping", "buildInfo", "endSessions", "killCursors", "serverStatus");

    /** Commands that change nothing. */
    private static final Set<String> READS = Set.of(
            "aggregate", "find", "getMore", "count", "distinct", "listCollections", "listDatabases", "listIndexes");

    /** Below this (bytes) nothing is written: a commit, and what it moves in the file, must fit. */
    private static final long LEAST_FREE = 8L << 20;

    /** MongoDB's own, as in mongodb/mongo, src/mongo/base/error_codes.yml. */
    private static final int OUT_OF_DISK_SPACE = 14031;

    private static final int WRITING_FAILED = 14;

    /** How often (ms) space in the file is won back, how full it is to be (percent), and how much is moved at once. */
    private static final long COMPACT_EVERY = 1_000;
    private static final int FILL_RATE = 60;
    private static final int MOST_MOVED = 1 << 20;

    /** Commands that make or remove collections and indexes. */
    private static final Set<String> STRUCTURE = Set.of(
            "create", "createIndexes", "drop", "dropDatabase", "dropIndexes", "renameCollection");

    private static final class CommittingBackend extends H2Backend {
        /** Collections that are known to exist. */
        private final Set<String> existing = ConcurrentHashMap.newKeySet();
        /** Held for writing by what changes the structure, and for reading by everything else. */
        private final ReadWriteLock structure = new ReentrantReadWriteLock(true);
        /** Held for reading by what writes, and for writing by a commit: no commit has a document without its entries in indexes. */
        private final ReadWriteLock whole = new ReentrantReadWriteLock();

        private final File file;

        CommittingBackend(MVStore store, File file) {
            super(store);
            this.file = file;
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            String command = message.getDocument().keySet().iterator().next();
            if (ABOUT_SERVER.contains(command)) {
                return beside(command.equals("hello") ? asIsMaster(message) : message);
            }
            try {
                if (READS.contains(command)) {
                    return beside(message);
                }
                refuseWithoutSpace();
                whole.readLock().lock();
                try {
                    return handleWrite(command, message);
                } finally {
                    whole.readLock().unlock();
                }
            } finally {
                // After a read too, which may have seen what somebody else's write has yet to commit. And after a failure:
                // an unordered bulk write that fails has written its other documents.
                commit();
            }
        }

        /** Nothing that was not committed is ever told of: the store is not used again, and no reply is sent. */
        @Override
        public void commit() {
            whole.writeLock().lock();
            try {
                super.commit();
            } catch (MVStoreException failure) {
                endOf(file, failure);
            } finally {
                whole.writeLock().unlock();
            }
        }

        /** In place of the store's own, which goes with its commits. */
        void keepCompact() {
            Thread compacting = new Thread(() -> {
                try {
                    while (true) {
                        Thread.sleep(COMPACT_EVERY);
                        compact();
                    }
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                } catch (MVStoreException failure) {
                    if (getMvStore().getPanicException() != null) {
                        endOf(file, failure);
                    }
                }
            });
            compacting.setDaemon(true);
            compacting.start();
        }

        /** Wins back space in the file. */
        private void compact() {
            whole.writeLock().lock();
            try {
                if (file.getUsableSpace() >= LEAST_FREE && getMvStore().compact(FILL_RATE, MOST_MOVED)) {
                    getMvStore().commit();
                }
            } finally {
                whole.writeLock().unlock();
            }
        }

        private void refuseWithoutSpace() {
            if (file.getUsableSpace() < LEAST_FREE) {
                throw new MongoServerError(OUT_OF_DISK_SPACE, "OutOfDiskSpace", "the disk of " + file
                        + " is full: less than " + (LEAST_FREE >> 20) + " MB are free, nothing is written until there is more");
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
                    return new PlainCollection(
                            this, collection, options, store.openMap("databases." + full), store.openMap("meta." + full),
                            cursorRegistry);
                }

                /** The library renames nothing in the file, so the next start would not find the documents. */
                @Override
                public void moveCollection(MongoDatabase from, MongoCollection<?> collection, String newName) {
                    String old = collection.getFullName();
                    String index = old + "._index_";
                    for (String map : Set.copyOf(store.getMapNames())) {
                        if (map.equals("databases." + old) || map.equals("meta." + old) || map.startsWith(index)) {
                            store.renameMap(store.openMap(map), map.replace(old, getFullCollectionNamespace(newName)));
                        }
                    }
                    super.moveCollection(from, collection, newName);
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

    public static void main(String[] args) {
        int port = Integer.parseInt(args[0]);
        File file = new File(args[1]);
        // The store's own commits run beside, and a commit that finds nothing left to do does not wait for them.
        MVStore store = new MVStore.Builder().fileName(args[1]).autoCommitDisabled().open();
        CommittingBackend backend = new CommittingBackend(store, file);
        MongoServer server = new MongoServer(backend);
        backend.keepCompact();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
        server.bind(new InetSocketAddress("127.0.0.1", port));
        System.out.println("listening on " + port);
    }

    private static void endOf(File file, MVStoreException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        System.err.println("cannot write " + file + ": " + cause.getMessage());
        Runtime.getRuntime().halt(WRITING_FAILED);
    }
}
