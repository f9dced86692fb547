import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.ArrayFilters;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.ObjectId;
import de.bwaldvogel.mongo.exception.IndexBuildFailedException;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.List;
import java.util.function.Supplier;
import org.h2.mvstore.MVMap;

/**
 * A collection with three things as MongoDB has them. A query that names an ObjectId goes by the index of `_id`, whatever else it
 * names. A document is read as one write left it: the library changes a document in the place from which replies are still
 * being sent, so an update gets a copy here, which then takes the document's place. And an index that cannot be built leaves
 * nothing: the library keeps what it has built by then, and takes that for the whole index at the next attempt.
 */
final class PlainCollection extends H2Collection {
    /** Whether the query is that of an update. Guarded by this collection's monitor, as all that the library does in it. */
    private boolean updating;

    PlainCollection(MongoDatabase database, String name, CollectionOptions options, MVMap<Object, Document> documents,
            MVMap<String, Object> meta, CursorRegistry cursors) {
        super(database, name, options, documents, meta, cursors);
    }

    @Override
    public void addIndex(Index<Object> index) {
        try {
            super.addIndex(index);
        } catch (IndexBuildFailedException failure) {
            streamAllDocumentsWithPosition().forEach(found -> index.remove(found.getDocument()));
            throw failure;
        }
    }

    @Override
    public synchronized Document updateDocuments(Document selector, Document update, ArrayFilters arrayFilters,
            boolean isMulti, boolean isUpsert, Oplog oplog) {
        return update(() -> super.updateDocuments(selector, update, arrayFilters, isMulti, isUpsert, oplog));
    }

    @Override
    public synchronized Document findAndModify(Document query) {
        return update(() -> super.findAndModify(query));
    }

    private Document update(Supplier<Document> run) {
        updating = true;
        try {
            return run.get();
        } finally {
            updating = false;
        }
    }

    @Override
    protected QueryResult queryDocuments(
            Document query, Document order, int skip, int limit, int batchSize, Document fields) {
        // An ObjectId only: numbers and texts are equal to others of their kind by rules of their own.
        QueryResult found = query.get("_id") instanceof ObjectId id
                ? matchDocuments(query, getDocument(id) == null ? List.of() : List.of(id), order, skip, limit, batchSize, fields)
                : super.queryDocuments(query, order, skip, limit, batchSize, fields);
        return updating
                ? new QueryResult(found.collectDocuments().stream().map(Document::cloneDeeply).toList(), found.getCursorId())
                : found;
    }
}
