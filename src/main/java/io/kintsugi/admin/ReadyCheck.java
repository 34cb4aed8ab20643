package io.kintsugi.admin;

import io.kintsugi.base.DriveId;
import io.kintsugi.catalog.CatalogStatus;
import io.kintsugi.drives.DriveStatus;
import io.kintsugi.objects.UpkeepSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means: requests are taken, and reads and writes have their quorum. A store that has lost drives and still
 * serves is ready; {@code state} says {@code degraded} then, and {@code reason} why.
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
        List<DriveStatus> drives = rooms.topology().statuses();
        CatalogStatus catalog = rooms.catalog().status();
        String reason = reason(drives, catalog);
        long online = drives.stream().filter(DriveStatus::online).count();
        long needed = drives.size() - (long) rooms.topology().defaultCode().parityShards();
        boolean serves = catalog.writable() && online >= needed;
        answer.withData("state", serves ? reason.isEmpty() ? "healthy" : "degraded" : "down")
                .withData("code", rooms.topology().defaultCode().toString())
                .withData("drivesOnline", online)
                .withData("drives", drives.size())
                .withData("catalogReplicas", catalog.live().size())
                .withData("catalogEpoch", catalog.epoch());
        UpkeepSnapshot.Healing healing = rooms.upkeep().get().healing();
        answer.withData("healing", !healing.idle())
                .withData("healQueuedBlobs", healing.queued())
                .withData("healRemainingBytes", remainingBytes(healing));
        if (!reason.isEmpty()) {
            answer.withData("reason", reason);
        }
        return answer.status(serves).build();
    }

    private static long remainingBytes(UpkeepSnapshot.Healing healing) {
        return healing.walks().stream()
                .mapToLong(walk -> walk.remaining().bytes())
                .sum();
    }

    private static String reason(List<DriveStatus> drives, CatalogStatus catalog) {
        StringBuilder text = new StringBuilder();
        for (DriveStatus drive : drives) {
            if (!drive.online()) {
                append(text, drive.where() + " is " + drive.state() + ": " + drive.reason());
            }
        }
        if (!catalog.reason().isEmpty()) {
            append(text, catalog.reason());
        }
        for (DriveId drive : catalog.rebuilding()) {
            append(text, "the catalog replica on drive " + drive + " is being rebuilt");
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String reason) {
        text.append(text.isEmpty() ? "" : "; ").append(reason);
    }
}
