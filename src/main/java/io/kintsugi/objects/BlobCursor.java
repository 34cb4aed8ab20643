package io.kintsugi.objects;

import io.kintsugi.base.BlobId;
import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import io.kintsugi.shards.Pace;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * All blobs that the catalog refers to, page by page. Whoever works in the background takes a page a step
 * ({@link #turn}), as a page may be empty, and thousands of such may follow each other where all objects are inline.
 */
final class BlobCursor implements Iterator<BlobPage.Entry> {
    static final int PAGE = 1000;

    private final Catalog catalog;
    private Iterator<BlobPage.Entry> page = List.<BlobPage.Entry>of().iterator();
    private Optional<String> pageAt = Optional.empty();
    private Optional<String> next;
    private Optional<BlobId> behind;
    private Optional<BlobId> last = Optional.empty();
    private boolean begun;

    /**
     * Where a cursor is.
     *
     * @param page the catalog's cursor of the page; empty for the first
     * @param last the blob of that page that was given last; empty before the first. When it is not in that page any
     *     more, the page is given again from its beginning
     */
    record Place(Optional<String> page, Optional<BlobId> last) {
        static final Place BEGINNING = new Place(Optional.empty(), Optional.empty());
    }

    BlobCursor(Catalog catalog) {
        this(catalog, Place.BEGINNING);
    }

    /** Goes on behind that place. */
    BlobCursor(Catalog catalog, Place from) {
        this.catalog = catalog;
        this.next = from.page();
        this.behind = from.last();
    }

    /** Reads the next page when all of the last was given; asks before. */
    void turn(Pace pace) {
        if (page.hasNext() || begun && next.isEmpty()) {
            return;
        }
        pace.next(0);
        BlobPage read = catalog.blobs(next, PAGE);
        begun = true;
        page = rest(read.entries()).iterator();
        pageAt = next;
        next = read.next();
        behind = Optional.empty();
    }

    /** Whether {@link #next} has something to give without reading a page. */
    boolean isHere() {
        return page.hasNext();
    }

    /** Whether the last blob was given, as far as that can be told without reading a page. */
    boolean hasEnded() {
        return begun && next.isEmpty() && !page.hasNext();
    }

    /** Reads pages until there is a blob, without asking anybody. */
    @Override
    public boolean hasNext() {
        while (!isHere() && !hasEnded()) {
            turn(Pace.UNPACED);
        }
        return isHere();
    }

    private List<BlobPage.Entry> rest(List<BlobPage.Entry> entries) {
        int given = 0;
        for (int i = 0; behind.isPresent() && i < entries.size(); i++) {
            given = entries.get(i).blob().id().equals(behind.get()) ? i + 1 : given;
        }
        return entries.subList(given, entries.size());
    }

    @Override
    public BlobPage.Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException("behind the last blob");
        }
        BlobPage.Entry entry = page.next();
        last = Optional.of(entry.blob().id());
        return entry;
    }

    /** Behind the blob that was given last. Asked after {@link #next}, and before anything else. */
    Place place() {
        return new Place(pageAt, last);
    }
}
