package io.kintsugi.catalog;

import io.kintsugi.base.Clock;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.base.StoreException.Unavailable.Kind;
import io.kintsugi.drives.Drive;
import io.kintsugi.drives.DriveException;
import io.kintsugi.drives.KvSpace;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * Drives that were away when the catalog was made again, and have come to a store that runs: what their rows tell may
 * be nowhere else, and only another rebuild takes it over. Until nobody hopes for that any more they get no replica,
 * for which those rows would have to go. Any thread.
 */
final class UnseenDrives {
    private static final Logger LOG = Logger.getLogger("io.kintsugi.catalog");

    private final ReplicaSet replicas;
    private final CatalogSettings settings;
    private final Clock clock;

    UnseenDrives(ReplicaSet replicas, CatalogSettings settings, Clock clock) {
        this.replicas = replicas;
        this.settings = settings;
        this.clock = clock;
    }

    /** @throws Unavailable when rows of this drive are to stay, or that can't be told */
    void requireSeen(Replica target) {
        unseen(target).ifPresent(doubt -> {
            throw new Unavailable(Kind.QUORUM, "drive " + target + " gets no replica: " + doubt.whyRowsStay());
        });
    }

    /**
     * Says so in the log if rows of this drive are to stay, for whoever can do something about it. What can't be read
     * is told when the drive should get a replica.
     */
    void tell(Drive drive) {
        Replica replica = new Replica(drive);
        try {
            unseen(replica).ifPresent(doubt -> LOG.warnf("Drive %s: %s", drive.id(), doubt.whyRowsStay()));
        } catch (StoreException e) {
            LOG.debugf(e, "Whether drive %s has rows that are to stay is not known", drive.id());
        } finally {
            replica.close();
        }
    }

    private Optional<Kept> unseen(Replica replica) {
        return kept().filter(doubt -> doubt.unseen().contains(replica.id()))
                .filter(doubt -> stateOf(replica)
                        .filter(state -> doubt.isUnseen(replica.id(), state.epoch()))
                        .isPresent());
    }

    private Optional<Kept> kept() {
        Optional<StoreException> trouble = Optional.empty();
        for (Replica replica : replicas.readable()) {
            try {
                return await(replica.get(KvSpace.RECLAIM, Keys.kept()))
                        .map(SmallRow::decodeKept)
                        .filter(kept -> kept.isInForce(clock.now()));
            } catch (RowException | DriveException | StoreException e) {
                trouble = Optional.of(Futures.asStore(e, "what a rebuild keeps"));
            }
        }
        throw trouble.orElseGet(replicas::unreadable);
    }

    /** Empty also when it can't be read: then no rebuild could take it for a replica either. */
    private Optional<ReplicaState> stateOf(Replica replica) {
        try {
            return await(replica.get(KvSpace.META, ReplicaState.KEY)).map(ReplicaState::decode);
        } catch (RowException e) {
            return Optional.empty();
        }
    }

    private <T> T await(CompletableFuture<T> future) {
        return Futures.await(future, settings.readDeadline(), "a look at what a drive had missed");
    }
}
