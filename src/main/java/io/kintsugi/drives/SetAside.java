package io.kintsugi.drives;

import io.kintsugi.base.DriveId;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The place beside the key-value store of a drive where it goes when it is damaged, and whether it may: not while an
 * earlier one lies there, and never on more drives than the parity restores.
 */
final class SetAside {
    private static final String SUFFIX = ".damaged";

    private final DriveId drive;
    private final int parity;
    private final Path place;
    private final DriveResources resources;

    SetAside(DriveIdentity identity, Path store, DriveResources resources) {
        this.drive = identity.drive();
        this.parity = identity.defaultCode().parityShards();
        this.place = placeOf(store);
        this.resources = resources;
    }

    static Path placeOf(Path store) {
        return store.resolveSibling(store.getFileName() + SUFFIX);
    }

    Path place() {
        return place;
    }

    /** Somebody may have removed what lay there. */
    void look() {
        if (Files.exists(place)) {
            resources.markSetAside(drive);
        } else if (Files.notExists(place)) {
            resources.forgetSetAside(drive);
        }
    }

    /** Whether the store would be set aside if it was damaged, as of the last look at each drive. */
    boolean could() {
        return resources.couldSetAside(drive, parity);
    }

    /** Whether the store may be set aside; it counts as such from then on. */
    boolean claim() {
        return resources.maySetAside(drive, parity);
    }
}
