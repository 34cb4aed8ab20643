package io.kintsugi.drives;

import io.kintsugi.base.Clock;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.Entropy;
import io.kintsugi.sim.SimDrive;

/** The simulated drive keeps the contract: what is tested on it holds on a real one. */
class SimDriveContractTest extends DriveContract {
    @Override
    protected Drive create() {
        return new SimDrive(DriveId.next(Clock.SYSTEM, Entropy.FAST));
    }

    @Override
    protected Drive reopen(Drive drive, boolean crash) {
        SimDrive sim = (SimDrive) drive;
        if (crash) {
            sim.crash();
        } else {
            sim.close();
            sim.comeOnline();
        }
        return sim;
    }
}
