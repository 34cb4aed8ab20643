package io.kintsugi.cluster;

import io.kintsugi.base.DriveId;
import io.kintsugi.drives.Drive;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Tells listeners what happens to drives, in order, on one background thread. Who subscribes late hears first which
 * drives were taken in empty since the start: they must be filled, whoever was there to hear it.
 */
final class DriveEvents implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DriveEvents.class.getName());

    private final List<DriveListener> listeners = new CopyOnWriteArrayList<>();
    /** Of the background thread alone. */
    private final Map<DriveId, Drive> takenIn = new LinkedHashMap<>();

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("drive-events").factory());

    void subscribe(DriveListener listener) {
        thread.execute(() -> {
            listeners.add(listener);
            List.copyOf(takenIn.values()).forEach(drive -> tell(listener, drive, DriveListener.Event.REPLACED));
        });
    }

    void fire(Drive drive, DriveListener.Event event) {
        thread.execute(() -> {
            if (event == DriveListener.Event.REPLACED) {
                takenIn.put(drive.id(), drive);
            }
            listeners.forEach(listener -> tell(listener, drive, event));
        });
    }

    private static void tell(DriveListener listener, Drive drive, DriveListener.Event event) {
        try {
            listener.driveChanged(drive, event);
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "A listener failed to hear that drive " + drive.id() + " is " + event,
                    e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
