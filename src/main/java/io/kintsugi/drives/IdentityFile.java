package io.kintsugi.drives;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The identity of an open drive, and its two changes: the catalog epoch goes up, and the roster of the pool becomes a
 * newer one. Written by the committer alone, read by any thread.
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

    /** Durable when it returns. A lower epoch and an older roster change nothing. */
    void update(long epoch, Optional<Roster> roster) throws IOException {
        DriveIdentity before = identity;
        DriveIdentity raised = before.withCatalogEpoch(Math.max(epoch, before.catalogEpoch()));
        if (roster.isPresent() && roster.get().newerThan(before.roster())) {
            raised = raised.withRoster(roster.get());
        }
        if (raised.equals(before)) {
            return;
        }
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
