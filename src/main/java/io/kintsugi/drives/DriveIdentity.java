package io.kintsugi.drives;

import io.kintsugi.base.DriveId;
import io.kintsugi.base.ErasureCode;
import io.kintsugi.base.Id128;

/**
 * Who a drive is, as {@code kintsugi.json} at its top says ({@code docs/DISK-FORMAT.md}).
 *
 * @param deployment the store that the drive belongs to
 * @param incarnation changes with every formatting: one drive id may return as an empty drive
 * @param pool 1 to 63 of {@code a-z 0-9 -}
 * @param defaultCode the pool's code for new blobs
 * @param roster all drives of the pool, this one among them, as far as it has heard
 * @param catalogEpoch the newest epoch of the catalog that the drive has heard of; 0 at first
 */
public record DriveIdentity(
        Id128 deployment,
        DriveId drive,
        Id128 incarnation,
        String pool,
        ErasureCode defaultCode,
        Roster roster,
        long catalogEpoch) {
    private static final int MAX_POOL_NAME = 63;

    /** @throws IllegalArgumentException when the parts do not make an identity, with the reason */
    public DriveIdentity {
        if (!isPoolName(pool)) {
            throw new IllegalArgumentException("'" + pool + "' is no pool name: 1 to 63 of a-z, 0-9 and hyphens");
        }
        if (!roster.contains(drive)) {
            throw new IllegalArgumentException("drive " + drive + " is not in the roster of its own pool");
        }
        if (catalogEpoch < 0) {
            throw new IllegalArgumentException("catalog epoch " + catalogEpoch + " is negative");
        }
    }

    static boolean isPoolName(String text) {
        if (text.isEmpty() || text.length() > MAX_POOL_NAME) {
            return false;
        }
        return text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-');
    }

    public DriveIdentity withCatalogEpoch(long epoch) {
        return new DriveIdentity(deployment, drive, incarnation, pool, defaultCode, roster, epoch);
    }

    /** @throws IllegalArgumentException when this drive is not in it */
    public DriveIdentity withRoster(Roster newer) {
        return new DriveIdentity(deployment, drive, incarnation, pool, defaultCode, newer, catalogEpoch);
    }

    /** Whether both are the same formatting of the same drive, whatever has changed around it since. */
    public boolean sameDrive(DriveIdentity other) {
        return deployment.equals(other.deployment)
                && drive.equals(other.drive)
                && incarnation.equals(other.incarnation);
    }
}
