package io.kintsugi.drives;

import java.nio.file.Path;
import java.util.Optional;

/** What is at the place where a drive should be. Each answer says what was found, and what to do about it. */
public sealed interface DriveInspection {
    Path path();

    /** One sentence: what is there. */
    String message();

    /** One sentence: what the operator can do; empty when nothing needs to be done. */
    String cure();

    /**
     * A directory that is empty (but for {@code lost+found} and what an interrupted formatting left), and can be
     * formatted.
     *
     * @param founding the drive that it was to become when its pool was founded, if that was cut off
     */
    record Empty(Path path, Optional<DriveIdentity> founding) implements DriveInspection {
        public Empty(Path path) {
            this(path, Optional.empty());
        }

        @Override
        public String message() {
            return path + (founding.isEmpty() ? " is empty" : " is empty but for a first start that was cut off");
        }

        @Override
        public String cure() {
            return "";
        }
    }

    /** Nothing is there. */
    record Missing(Path path) implements DriveInspection {
        @Override
        public String message() {
            return path + " does not exist";
        }

        @Override
        public String cure() {
            return "mount the drive there, or create the directory";
        }
    }

    /** One of our drives, of this format. Whether it belongs to this deployment is for the caller to see. */
    record Ours(Path path, DriveIdentity identity) implements DriveInspection {
        @Override
        public String message() {
            return path + " is drive " + identity.drive() + " of deployment " + identity.deployment();
        }

        @Override
        public String cure() {
            return "";
        }
    }

    /** Somebody else's files. */
    record Foreign(Path path, String found) implements DriveInspection {
        @Override
        public String message() {
            return path + " holds " + found + ", which Kintsugi did not write";
        }

        @Override
        public String cure() {
            return "name an empty directory, or move these files away";
        }
    }

    /** One of our drives, written by a newer release. */
    record TooNew(Path path, int version) implements DriveInspection {
        @Override
        public String message() {
            return path + " has format version " + version + ", and this release reads up to " + IdentityFormat.VERSION;
        }

        @Override
        public String cure() {
            return "run a release that is at least as new as the one that wrote the drive";
        }
    }

    /** One of our drives, of a format that is not read any more. */
    record TooOld(Path path, int version) implements DriveInspection {
        @Override
        public String message() {
            return path + " has format version " + version + ", and this release reads from "
                    + IdentityFormat.OLDEST_VERSION + " on";
        }

        @Override
        public String cure() {
            return "run an older release that can upgrade the drive, or empty it and let it be healed";
        }
    }

    /** One of our drives, with an identity that cannot be believed. */
    record Corrupt(Path path, String reason) implements DriveInspection {
        @Override
        public String message() {
            return path + " was a Kintsugi drive, but its identity is unusable: " + reason;
        }

        @Override
        public String cure() {
            return "restore " + path.resolve(DriveDirectory.IDENTITY)
                    + " from a backup of that file, or empty the directory and let it be healed";
        }
    }

    /** Not a directory, or one that could not be read. */
    record Unreadable(Path path, String reason) implements DriveInspection {
        @Override
        public String message() {
            return path + " cannot be read: " + reason;
        }

        @Override
        public String cure() {
            return "check the mount, the device and that this process may read and enter the directory";
        }
    }

    /** A drive or an empty directory that could be read, but not be written. */
    record NotWritable(Path path, String reason) implements DriveInspection {
        @Override
        public String message() {
            return path + " cannot be written: " + reason;
        }

        @Override
        public String cure() {
            return "give this process write permission there, and see that the file system is not mounted read-only";
        }
    }
}
