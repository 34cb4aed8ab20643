package io.kintsugi.objects;

import io.kintsugi.catalog.BlobPage;
import io.kintsugi.catalog.Catalog;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** All blobs that the catalog refers to, page by page. */
final class BlobCursor implements Iterator<BlobPage.Entry> {
    static final int PAGE = 1000;

    private final Catalog catalog;
    private Iterator<BlobPage.Entry> page = List.<BlobPage.Entry>of().iterator();
    private Optional<String> next = Optional.empty();
    private boolean begun;

    BlobCursor(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && (!begun || next.isPresent())) {
            BlobPage read = catalog.blobs(next, PAGE);
            begun = true;
            page = read.entries().iterator();
            next = read.next();
        }
        return page.hasNext();
    }

    @Override
    public BlobPage.Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException("behind the last blob");
        }
        return page.next();
    }
}
