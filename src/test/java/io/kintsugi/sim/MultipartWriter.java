package io.kintsugi.sim;

import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.Upload;
import io.kintsugi.base.UploadedPart;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.objects.CompleteUpload;
import io.kintsugi.objects.CreateUpload;
import io.kintsugi.objects.UploadName;
import io.kintsugi.objects.UploadPart;
import io.kintsugi.sim.Step.Condition;
import io.kintsugi.sim.Step.Done;
import io.kintsugi.sim.Step.Key;
import io.kintsugi.sim.Step.Put;
import io.kintsugi.sim.Step.Result;
import io.kintsugi.sim.Step.Unknown;
import io.kintsugi.sim.Write.Piece;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** Uploads in parts: some twice, some aborted, some completed twice at the same time. */
final class MultipartWriter {
    private static final int MAX_PARTS = 3;
    private static final int MANY_PARTS = 4;

    private final String who;
    private final Requests requests;
    private final History history;
    private final Knowledge known;
    private final Random random;
    private final Writer pieces;

    MultipartWriter(String who, Requests requests, SimClient.Scene scene, Random random) {
        this.who = who;
        this.requests = requests;
        this.history = scene.history();
        this.known = scene.known();
        this.random = random;
        this.pieces = new Writer(who, requests, scene, random);
    }

    private record Uploaded(Piece piece, CompleteUpload.Part part) {}

    void upload(Key key) {
        upload(key, random.nextInt(1, MAX_PARTS + 1));
    }

    /** So many parts that who reads them slowly reads the last of them late. */
    void uploadMany(Key key) {
        upload(key, MANY_PARTS);
    }

    private void upload(Key key, int count) {
        int number = history.nextWrite();
        AtomicReference<Upload> upload = new AtomicReference<>();
        Result created = requests.change(open -> {
            upload.set(open.objects()
                    .createUpload(new CreateUpload(
                            Requests.bucket(key), Requests.objectKey(key), Write.metadata(number), Optional.empty())));
            return new Done();
        });
        history.say(who + " upload " + number + " of " + key + ": " + created);
        if (!(created instanceof Done)) {
            return;
        }
        UploadName name = new UploadName(
                Requests.bucket(key), Requests.objectKey(key), upload.get().id());
        Optional<List<Uploaded>> parts = parts(name, count);
        boolean abort = random.nextInt(5) == 0;
        if (parts.isEmpty() || abort) {
            if (abort) {
                abort(name);
            }
            return;
        }
        Write write = Write.multipart(
                number, parts.get().stream().map(Uploaded::piece).toList());
        history.intends(write);
        complete(key, write, name, parts.get().stream().map(Uploaded::part).toList());
    }

    private Optional<List<Uploaded>> parts(UploadName name, int count) {
        List<Uploaded> done = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            Optional<Uploaded> part = Optional.empty();
            int times = random.nextInt(6) == 0 ? 2 : 1;
            for (int attempt = 0; attempt < times || attempt < 3 && part.isEmpty(); attempt++) {
                // the last answer counts; what came of an attempt without one is replaced by the next
                part = part(name, i, i < count);
            }
            if (part.isEmpty()) {
                return Optional.empty();
            }
            done.add(part.get());
        }
        return Optional.of(done);
    }

    private Optional<Uploaded> part(UploadName name, int number, boolean full) {
        Piece any = pieces.piece();
        Piece piece = full ? new Piece(any.seed(), Math.max(any.size(), (int) SimStore.MIN_PART)) : any;
        AtomicReference<UploadedPart> made = new AtomicReference<>();
        SimBody body = pieces.body(piece);
        Result result = requests.change(open -> {
            made.set(open.objects().uploadPart(new UploadPart(name, number, body)));
            return new Done();
        });
        history.say(who + " part " + number + " of " + piece.size() + " bytes: " + result);
        if (!(result instanceof Done)) {
            return Optional.empty();
        }
        String etag = made.get().part().etag().value();
        if (!etag.equals(piece.md5())) {
            throw new Violation("VisibleIsWhole", "a part with tag " + etag + ", which is not that of " + piece);
        }
        return Optional.of(new Uploaded(piece, new CompleteUpload.Part(number, etag, Optional.empty())));
    }

    private void abort(UploadName name) {
        Result result = requests.change(open -> {
            open.objects().abortUpload(name);
            return new Done();
        });
        history.say(who + " abort: " + result);
    }

    /** However often it is asked for, it is one write: between the first time of asking and the first good answer. */
    private void complete(Key key, Write write, UploadName name, List<CompleteUpload.Part> parts) {
        Condition condition = pieces.condition(key);
        CompleteUpload request = new CompleteUpload(
                name, parts, Optional.empty(), Optional.empty(), OptionalLong.empty(), conditionOf(condition));
        long from = history.moment();
        CompletableFuture<Result> other = new CompletableFuture<>();
        if (random.nextInt(4) == 0) {
            Thread.ofVirtual().start(() -> other.complete(complete(key, write, request)));
        } else {
            other.complete(new Step.NoEffect("not asked"));
        }
        Result result = complete(key, write, request);
        int again = 0;
        while (result instanceof Unknown && again++ < 3) {
            SimHost.pause(Duration.ofSeconds(2));
            result = better(result, complete(key, write, request));
        }
        history.add(who, key, from, new Put(write.number(), write.etag(), condition), better(result, other.join()));
    }

    private static WriteCondition conditionOf(Condition condition) {
        return Requests.condition(condition);
    }

    private Result complete(Key key, Write write, CompleteUpload request) {
        Result result = requests.change(open -> {
            ObjectVersion version = open.objects().completeUpload(request);
            VisibleIsWhole.check(history, version);
            if (!version.id().isNull()) {
                known.made(key, write.number(), version.id());
            }
            return new Done();
        });
        history.say(who + " complete " + write.number() + ": " + result);
        return result;
    }

    /** Of two answers to one question: done is done, and who was not told does not know. */
    private static Result better(Result one, Result two) {
        if (one instanceof Done || two instanceof Done) {
            return new Done();
        }
        if (one instanceof Unknown || two instanceof Unknown) {
            return one instanceof Unknown ? one : two;
        }
        return two instanceof Step.NoEffect ? one : two;
    }
}
