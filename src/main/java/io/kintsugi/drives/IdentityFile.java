package io.kintsugi.drives;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The identity of an open drive, and its one change: the catalog epoch goes up. Written by the committer alone, read by
 * any thread.
 */
final class IdentityFile {
    private final Path directory;
    private final DriveFiles files;
    private final DriveWatch watch;
    private volatile DriveIdentity identity;

    IdentityFile(Path directory, DriveIdentity identity, DriveFiles files, DriveWatch watch) {
        this.directory = directory;
        this.identity = identity;
        this.files = files;
        this.watch = watch;
    }

    DriveIdentity identity() {
        return identity;
    }

    /** Durable when it returns. A lower epoch changes nothing. */
    void raiseCatalogEpoch(long epoch) throws IOException {
        if (epoch <= identity.catalogEpoch()) {
            return;
        }
        DriveIdentity raised = identity.withCatalogEpoch(epoch);
        requireThere();
        DriveDirectory.writeIdentityTemporary(directory, raised, files);
        // what lies in the drive's place by now must not become it
        requireThere();
        watch.expectReplacement(directory.resolve(DriveDirectory.IDENTITY_TEMPORARY));
        files.rename(directory.resolve(DriveDirectory.IDENTITY_TEMPORARY), directory.resolve(DriveDirectory.IDENTITY));
        files.syncDirectory(directory);
        watch.replaced();
        identity = raised;
    }

    private void requireThere() throws IOException {
        Optional<String> lost = watch.lost();
        if (lost.isPresent()) {
            throw new IOException(lost.get());
        }
    }
}
