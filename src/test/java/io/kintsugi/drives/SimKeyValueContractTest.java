package io.kintsugi.drives;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.sim.SimDrive;

class SimKeyValueContractTest extends KeyValueContract {
    @Override
    protected Drive create() {
        return new SimDrive(DriveId.next(Clock.SYSTEM, Entropy.FAST));
    }

    @Override
    protected Drive crash(Drive drive) {
        ((SimDrive) drive).crash();
        return drive;
    }
}
