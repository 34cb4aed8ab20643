package io.kintsugi.drives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Mends one flipped bit of {@code kintsugi.json}, for which all that lies on the drive would be of no use. Each bit is
 * tried: the checksum tells which it was, as CRC32C tells texts apart that differ in few bits (Koopman, "32-Bit Cyclic
 * Redundancy Codes for Internet Applications", 2002). What is damaged further stays damage, but for a chance of one in
 * a hundred thousand that some flip makes the checksum right, and then the text must be that of an identity, too.
 */
final class IdentityRepair {
    /** Longer ones, of about a hundred drives, are left to people: the time goes with the square. */
    static final int MAX_BYTES = 4096;

    private IdentityRepair() {}

    /** What it was before one bit was flipped; empty when it was not that, or there are two answers. */
    static Optional<DriveIdentity> of(byte[] broken) {
        if (broken.length > MAX_BYTES) {
            return Optional.empty();
        }
        byte[] tried = broken.clone();
        Optional<DriveIdentity> found = Optional.empty();
        for (int bit = 0; bit < broken.length * Byte.SIZE; bit++) {
            byte mask = (byte) (1 << bit % Byte.SIZE);
            tried[bit / Byte.SIZE] ^= mask;
            if (IdentityFormat.parse(tried) instanceof IdentityFormat.Parsed.Identity(var identity)) {
                if (found.isPresent()) {
                    return Optional.empty();
                }
                found = Optional.of(identity);
            }
            tried[bit / Byte.SIZE] ^= mask;
        }
        return found;
    }

    /** Whether the file is not what it is to be for this identity, which was made out of it. */
    static boolean isWanted(Path drive, DriveIdentity identity) throws IOException {
        return !Arrays.equals(
                Files.readAllBytes(drive.resolve(DriveDirectory.IDENTITY)), IdentityFormat.print(identity));
    }

    /** Writes the file anew; durable when done. */
    static void repair(Path drive, DriveIdentity identity, DriveFiles files) throws IOException {
        DriveDirectory.writeIdentityTemporary(drive, identity, files);
        files.rename(drive.resolve(DriveDirectory.IDENTITY_TEMPORARY), drive.resolve(DriveDirectory.IDENTITY));
        files.syncDirectory(drive);
    }
}
