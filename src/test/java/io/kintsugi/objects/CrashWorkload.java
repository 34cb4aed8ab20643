package io.kintsugi.objects;

import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectMetadata;
import io.kintsugi.base.Upload;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.crash.Marks;
import io.kintsugi.objects.CrashPlan.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A process that is recorded: opens the store in the folder of its first argument, which it founds the first time, and
 * does the steps of {@link CrashPlan} from the number of its third argument to that of its fourth, on so many drives as
 * its fifth says. With a sixth, "halt", it ends as if it were killed.
 */
final class CrashWorkload {
    /** The client number of founding the store and making its bucket. */
    static final int FOUNDING = -1;

    private final LocalStore store;
    private final Marks marks;

    private CrashWorkload(LocalStore store, Marks marks) {
        this.store = store;
        this.marks = marks;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int first = Integer.parseInt(arguments[2]);
        int end = Integer.parseInt(arguments[3]);
        try (Marks marks = new Marks(Path.of(arguments[1]));
                LocalStore store =
                        new LocalStore(Path.of(arguments[0]), Integer.parseInt(arguments[4]), CrashPlan.SETTINGS)) {
            if (first == 0) {
                store.objects.createBucket(LocalStore.BUCKET);
                marks.done(FOUNDING, 0);
            }
            CrashWorkload workload = new CrashWorkload(store, marks);
            Thread[] clients = new Thread[CrashPlan.CLIENTS];
            for (int i = 0; i < clients.length; i++) {
                int client = i;
                clients[i] = Thread.ofVirtual().start(() -> workload.request(client, first, end));
            }
            for (Thread client : clients) {
                client.join();
            }
            if (arguments.length > 5) {
                Runtime.getRuntime().halt(0);
            }
        }
    }

    private void request(int client, int first, int end) {
        for (int i = first; i < end; i++) {
            marks.begun(client, i);
            byte[] content = CrashPlan.content(client, i).orElse(new byte[0]);
            switch (CrashPlan.step(client, i)) {
                case Step.Put(var key, var _) -> store.put(key, content);
                case Step.Multipart(var key, var _) -> upload(ObjectKey.of(key), content);
                case Step.Delete(var key) -> delete(ObjectKey.of(key));
            }
            marks.done(client, i);
        }
    }

    private void upload(ObjectKey key, byte[] content) {
        Upload upload = store.objects.createUpload(
                new CreateUpload(LocalStore.BUCKET, key, ObjectMetadata.NONE, Optional.empty()));
        UploadName name = new UploadName(LocalStore.BUCKET, key, upload.id());
        byte[] head = Arrays.copyOf(content, CrashPlan.MIN_PART);
        byte[] tail = Arrays.copyOfRange(content, CrashPlan.MIN_PART, content.length);
        store.objects.completeUpload(Uploading.completion(name, List.of(part(name, 1, head), part(name, 2, tail))));
    }

    private CompleteUpload.Part part(UploadName name, int number, byte[] content) {
        return Uploading.listed(store.objects.uploadPart(new UploadPart(name, number, TestBody.of(content))));
    }

    private void delete(ObjectKey key) {
        DeleteObjects.Item item = new DeleteObjects.Item(key, Optional.empty(), WriteCondition.NONE);
        DeleteObjects.Result result = store.objects
                .delete(new DeleteObjects(LocalStore.BUCKET, List.of(item)))
                .getFirst();
        if (!(result instanceof DeleteObjects.Deleted)) {
            throw new IllegalStateException(result.toString());
        }
    }
}
