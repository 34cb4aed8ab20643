package io.kintsugi.admin;

import io.kintsugi.base.DriveId;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.objects.UpkeepSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means: requests are taken, and reads and changes have their quorum. A store that has lost drives and still
 * serves is ready; so is one that is full, and takes no new objects. {@code state} says {@code degraded} then, and
 * {@code reason} why.
 */
@Readiness
@ApplicationScoped
public class ReadyCheck implements HealthCheck {
    private final StoreState state;

    public ReadyCheck(StoreState state) {
        this.state = state;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("store");
        if (state.phase() != StoreState.Phase.SERVING || state.rooms().isEmpty()) {
            return answer.withData("state", state.phase().name().toLowerCase(Locale.ROOT))
                    .down()
                    .build();
        }
        Rooms rooms = state.rooms().get();
        UpkeepSnapshot upkeep = rooms.upkeep().get();
        UpkeepSnapshot.Healing healing = upkeep.healing();
        List<DriveStatus> drives = rooms.topology().statuses();
        CatalogStatus catalog = rooms.catalog().status();
        String reason = reason(rooms, drives, catalog, healing);
        long online = drives.stream().filter(DriveStatus::serves).count();
        long needed = drives.size() - (long) rooms.topology().defaultCode().parityShards();
        // those that are full count: reads and deletions are served, and the latter make room
        long answering = drives.stream().filter(DriveStatus::answers).count();
        boolean serves = catalog.writable() && answering >= needed;
        answer.withData("state", serves ? reason.isEmpty() ? "healthy" : "degraded" : "down")
                .withData("code", rooms.topology().defaultCode().toString())
                .withData("drivesOnline", online)
                .withData("drives", drives.size())
                .withData("catalogReplicas", catalog.live().size())
                .withData("catalogEpoch", catalog.epoch());
        answer.withData("healing", !healing.idle())
                .withData("healQueuedBlobs", healing.queued())
                .withData("healRemainingBytes", remainingBytes(healing));
        balance(answer, upkeep.balancing(), drives);
        answer.withData("scrub", scrub(upkeep.scrubbing())).withData("scrubCatalog", scrub(upkeep.rowScrubbing()));
        if (!reason.isEmpty()) {
            answer.withData("reason", reason);
        }
        return answer.status(serves).build();
    }

    private static void balance(
            HealthCheckResponseBuilder answer, UpkeepSnapshot.Balancing balancing, List<DriveStatus> drives) {
        answer.withData("balancing", balancing.state().name().toLowerCase(Locale.ROOT))
                .withData("balanceMovedBytes", balancing.movedBytes())
                .withData("balanceRemainingBytes", balancing.remainingBytes());
        if (!balancing.drains().isEmpty()) {
            answer.withData(
                    "drains",
                    balancing.drains().stream()
                            .map(drain -> where(drain.drive(), drives) + " " + progress(drain))
                            .collect(Collectors.joining("; ")));
        }
        if (!balancing.stuck().isEmpty()) {
            answer.withData("balanceStuck", balancing.stuck());
        }
    }

    private static String scrub(UpkeepSnapshot.Scrubbing scrubbing) {
        UpkeepSnapshot.Pass pass = scrubbing.pass();
        String last =
                scrubbing.lastPass().map(end -> ", last pass ended " + end).orElse("");
        return switch (scrubbing.state()) {
            case OFF -> "off";
            case COUNTING -> "counting" + last;
            case SCRUBBING -> "scrubbing: " + progress(pass) + last;
            case WAITING -> "waiting for the next pass: " + progress(pass) + last;
        };
    }

    private static String scrub(UpkeepSnapshot.RowScrubbing scrubbing) {
        return scrubbing.state().name().toLowerCase(Locale.ROOT) + ": " + scrubbing.rows() + " rows read, "
                + scrubbing.damaged() + " times a replica was damaged, " + scrubbing.undecided() + " rows differ"
                + scrubbing.lastPass().map(end -> ", last pass ended " + end).orElse("")
                + (scrubbing.lastError().isEmpty() ? "" : ", last trouble: " + scrubbing.lastError());
    }

    private static String progress(UpkeepSnapshot.Pass pass) {
        return pass.verified().blobs() + " of " + pass.total().blobs() + " blobs verified, "
                + pass.mended().blobs() + " of them mended, " + pass.partly().blobs() + " in part, "
                + pass.failed().blobs() + " failed";
    }

    private static String where(DriveId drive, List<DriveStatus> drives) {
        return drives.stream()
                .filter(status -> status.id().equals(drive))
                .map(DriveStatus::where)
                .findFirst()
                .orElse(drive.toString());
    }

    private static String progress(UpkeepSnapshot.Drain drain) {
        if (drain.drained()) {
            return "is drained: it may be left out of the volumes and removed";
        }
        return drain.counted()
                ? "is draining: " + drain.remaining().blobs() + " shards of "
                        + drain.remaining().bytes() + " bytes are left"
                : "is draining: what is on it is being counted";
    }

    private static long remainingBytes(UpkeepSnapshot.Healing healing) {
        return healing.walks().stream()
                .mapToLong(walk -> walk.remaining().bytes())
                .sum();
    }

    private static String reason(
            Rooms rooms, List<DriveStatus> drives, CatalogStatus catalog, UpkeepSnapshot.Healing healing) {
        StringBuilder text = new StringBuilder();
        for (DriveStatus drive : drives) {
            if (!drive.serves()) {
                append(text, drive.where() + " is " + drive.state() + ": " + drive.reason());
            }
        }
        rooms.topology().drainsRefused().forEach((drive, why) -> append(text, where(drive, drives) + ": " + why));
        if (!catalog.reason().isEmpty()) {
            append(text, catalog.reason());
        }
        for (DriveId drive : catalog.rebuilding()) {
            append(text, "the catalog replica on drive " + drive + " is being rebuilt");
        }
        if (healing.lost() > 0) {
            append(
                    text,
                    healing.lost() + " blobs can't be restored, as too few good shards of them are left: the log names"
                            + " objects, and kintsugi check all of them; bring back drives that have them, or delete"
                            + " the objects");
        }
        for (UpkeepSnapshot.Walk walk : healing.walks()) {
            walk.drive()
                    .filter(drive -> isBack(drive, drives))
                    .flatMap(drive -> lacking(walk))
                    .ifPresent(lacking ->
                            append(text, where(walk.drive().orElseThrow(), drives) + " is back or new: " + lacking));
            if (walk.homeless().blobs() > 0) {
                append(
                        text,
                        walk.homeless().blobs() + " blobs lack shards and no other drive has room for them:"
                                + " bring back or replace the lost drive, or add drives");
            }
        }
        return text.toString();
    }

    private static boolean isBack(DriveId drive, List<DriveStatus> drives) {
        return drives.stream().anyMatch(status -> status.id().equals(drive) && status.answers());
    }

    /**
     * Until all of it was looked at nobody knows how much is missing on it; whoever takes the next drive has to wait.
     */
    private static Optional<String> lacking(UpkeepSnapshot.Walk walk) {
        return switch (walk.state()) {
            case COUNTING -> Optional.of("what it is to have is being counted");
            case HEALING ->
                Optional.of(walk.remaining().blobs() + " blobs of "
                        + walk.remaining().bytes() + " bytes are to be verified on it, or rebuilt");
            case WAITING ->
                // what failed is told by whatever it failed at
                walk.failed().blobs() == 0 ? Optional.of("what it is to have waits to be counted") : Optional.empty();
            case NO_ROOM, DONE, INTERRUPTED -> Optional.empty();
        };
    }

    private static void append(StringBuilder text, String reason) {
        text.append(text.isEmpty() ? "" : "; ").append(reason);
    }
}
