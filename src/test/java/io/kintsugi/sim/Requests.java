package io.kintsugi.sim;

import io.kintsugi.base.AtOnce;
import io.kintsugi.base.BucketName;
import io.kintsugi.base.ByteRange;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.NoWait;
import io.kintsugi.base.ObjectKey;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.StoreException;
import io.kintsugi.base.VersionId;
import io.kintsugi.base.WriteCondition;
import io.kintsugi.objects.GetObject;
import io.kintsugi.objects.ObjectRead;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.objects.ReadCondition;
import io.kintsugi.sim.Step.Key;
import io.kintsugi.sim.Step.NoEffect;
import io.kintsugi.sim.Step.Refused;
import io.kintsugi.sim.Step.Result;
import io.kintsugi.sim.Step.Unknown;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** How checkers' words become requests of the store, and its answers become theirs. */
final class Requests {
    private final SimHost host;

    Requests(SimHost host) {
        this.host = host;
    }

    static BucketName bucket(Key key) {
        return new BucketName(key.bucket());
    }

    static ObjectKey objectKey(Key key) {
        return ObjectKey.of(key.name());
    }

    static WriteCondition condition(Step.Condition condition) {
        return switch (condition) {
            case Step.None none -> WriteCondition.NONE;
            case Step.Absent absent ->
                new WriteCondition(Optional.empty(), true, Optional.empty(), OptionalLong.empty());
            case Step.Match(String etag) ->
                new WriteCondition(Optional.of(etag), false, Optional.empty(), OptionalLong.empty());
        };
    }

    /** Asks for a change. What the store promises of its refusals is believed, so that it is checked. */
    Result change(Function<SimStore, Result> request) {
        return resultOf(() -> host.ask(request));
    }

    private static Result resultOf(Supplier<Result> request) {
        try {
            return request.get();
        } catch (SimHost.Killed e) {
            return new Unknown("killed");
        } catch (SimHost.NotRunning e) {
            return new NoEffect("nobody there");
        } catch (StoreException e) {
            return resultOf(e);
        }
    }

    static Result resultOf(StoreException e) {
        return switch (e) {
            case StoreException.PreconditionFailed p -> new Refused(false);
            case StoreException.NotFound n when n.kind() == StoreException.NotFound.Kind.KEY -> new Refused(true);
            case StoreException.NotFound n -> new NoEffect(n.getMessage());
            case StoreException.Unavailable u
            when u.kind() == StoreException.Unavailable.Kind.TIMEOUT -> new Unknown(u.getMessage());
            case StoreException.Failed f -> new Unknown(f.getMessage());
            case StoreException.Unavailable u -> new NoEffect(u.kind() + ": " + u.getMessage());
            case StoreException.DeleteMarker d -> new NoEffect(d.getMessage());
            case StoreException.Conflict c -> new NoEffect(c.getMessage());
            case StoreException.NotModified n -> new NoEffect(n.getMessage());
            case StoreException.Invalid i -> new NoEffect(i.getMessage());
            case StoreException.ClientGone c -> new NoEffect(c.getMessage());
        };
    }

    /** What a read gave. */
    @SuppressWarnings("ArrayRecordComponent")
    record Seen(ObjectVersion version, ByteRange range, byte[] bytes) {}

    /** An answer to a read: something, surely nothing, or no answer (then why). */
    record Answer<T>(Optional<T> seen, Optional<String> failure) {}

    /** @param rest how long the client takes for each piece */
    Answer<Seen> get(Key key, Optional<VersionId> version, RangeSpec range, Duration rest) {
        return read(open -> {
            ObjectRead read = atOnceOrLater(() -> open.objects().getAtOnce(request(key, version, range)));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            read.sendTo((buffer, release) -> {
                byte[] copy = new byte[buffer.remaining()];
                buffer.get(copy);
                bytes.writeBytes(copy);
                release.run();
                SimHost.pause(rest);
            });
            return new Seen(read.version(), read.range(), bytes.toByteArray());
        });
    }

    Answer<ObjectVersion> head(Key key) {
        GetObject request = request(key, Optional.empty(), new RangeSpec.Whole());
        return read(
                open -> atOnceOrLater(() -> open.objects().headAtOnce(request)).version());
    }

    /**
     * As the wire asks: what takes no waiting where none is allowed, the rest, if there is one, on a thread that may.
     */
    private static ObjectRead atOnceOrLater(Supplier<AtOnce<ObjectRead>> read) {
        return NoWait.run(read).orWait();
    }

    private static GetObject request(Key key, Optional<VersionId> version, RangeSpec range) {
        return new GetObject(bucket(key), objectKey(key), version, range, ReadCondition.NONE);
    }

    Answer<ListPage> list(ListQuery query, boolean versions) {
        return read(open ->
                versions ? open.objects().listVersions(query) : open.objects().listObjects(query));
    }

    private <T> Answer<T> read(Function<SimStore, T> request) {
        long before = host.disturbances();
        try {
            return new Answer<>(Optional.of(host.ask(request)), Optional.empty());
        } catch (SimHost.Killed | SimHost.NotRunning | StoreException.Unavailable | StoreException.Failed e) {
            if (host.undisturbed(before)) {
                throw new Violation("NoReferenceToNothing", "a read failed, and nothing was wrong: " + e);
            }
            return new Answer<>(Optional.empty(), Optional.of(e.toString()));
        } catch (StoreException.NotFound | StoreException.DeleteMarker e) {
            return new Answer<>(Optional.empty(), Optional.empty());
        }
    }
}
