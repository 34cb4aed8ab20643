package io.kintsugi.drives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder that is to become a drive, held for this process until that drive is open: whoever opens it takes the lock
 * over.
 */
public final class FoundingClaim implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FoundingClaim.class.getName());

    private final DriveLock lock;

    private FoundingClaim(DriveLock lock) {
        this.lock = lock;
    }

    /** Somebody else has the folder. */
    public static final class Held extends IOException {
        private static final long serialVersionUID = 1L;

        Held(String message) {
            super(message);
        }
    }

    static FoundingClaim of(Path folder) throws IOException {
        Files.createDirectories(folder);
        try {
            return new FoundingClaim(DriveLock.claim(folder));
        } catch (DriveLock.Held e) {
            throw new Held(e.getMessage());
        }
    }

    /** Gives the folder free, if no drive was opened there. */
    @Override
    public void close() {
        try {
            lock.unclaim();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The lock of a folder could not be released", e);
        }
    }
}
