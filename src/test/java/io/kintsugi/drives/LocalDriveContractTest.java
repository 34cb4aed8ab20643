package io.kintsugi.drives;

import org.junit.jupiter.api.AfterEach;

class LocalDriveContractTest extends DriveContract {
    private final DriveFolder folder = DriveFolder.create();

    @Override
    protected Drive create() {
        return folder.format();
    }

    @Override
    protected Drive reopen(Drive drive, boolean crash) {
        return folder.reopen(drive, crash);
    }

    @AfterEach
    void removeFolder() {
        folder.close();
    }
}
