package io.kintsugi.drives;

import org.junit.jupiter.api.AfterEach;

class LocalKeyValueContractTest extends KeyValueContract {
    private final DriveFolder folder = DriveFolder.create();

    @Override
    protected Drive create() {
        return folder.format();
    }

    @Override
    protected Drive crash(Drive drive) {
        return folder.reopen(drive, true);
    }

    @AfterEach
    void removeFolder() {
        folder.close();
    }
}
