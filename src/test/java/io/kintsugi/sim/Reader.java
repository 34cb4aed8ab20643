package io.kintsugi.sim;

import io.kintsugi.base.BucketName;
import io.kintsugi.base.ListPage;
import io.kintsugi.base.ListQuery;
import io.kintsugi.base.ObjectVersion;
import io.kintsugi.base.VersionId;
import io.kintsugi.objects.RangeSpec;
import io.kintsugi.sim.Step.Key;
import io.kintsugi.sim.Step.Read;
import io.kintsugi.sim.Step.ReadAll;
import io.kintsugi.sim.Step.ReadVersion;
import io.kintsugi.sim.Step.Saw;
import io.kintsugi.sim.Step.SawAll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Reads in every way, and notes what each read says about every key. All methods return whether there was an answer.
 */
final class Reader {
    private static final int MANY = 1000;

    private final String who;
    private final Requests requests;
    private final History history;
    private final Knowledge known;

    Reader(String who, Requests requests, History history, Knowledge known) {
        this.who = who;
        this.requests = requests;
        this.history = history;
        this.known = known;
    }

    private boolean failed(String what, Requests.Answer<?> answer) {
        answer.failure().ifPresent(why -> history.say(who + " " + what + " failed: " + why));
        return answer.failure().isPresent();
    }

    private void note(Key key, long from, Step.Action action, Optional<ObjectVersion> seen) {
        Optional<Integer> number = seen.flatMap(Write::numberOf);
        history.add(who, key, from, action, new Saw(number));
        seen.ifPresent(version -> known.sawTag(key, version.etag().value()));
    }

    boolean get(Key key, RangeSpec range) {
        return get(key, range, Duration.ZERO);
    }

    /** For a client that takes so long for each piece. */
    boolean get(Key key, RangeSpec range, Duration rest) {
        long from = history.moment();
        Requests.Answer<Requests.Seen> answer = requests.get(key, Optional.empty(), range, rest);
        if (failed("get " + key, answer)) {
            return false;
        }
        answer.seen().ifPresent(this::check);
        note(key, from, new Read(false), answer.seen().map(Requests.Seen::version));
        return true;
    }

    private void check(Requests.Seen seen) {
        VisibleIsWhole.check(history, seen.version(), seen.range(), seen.bytes());
    }

    /** A range of what is there, wherever it happens to be. */
    boolean getRange(Key key, Random random) {
        Requests.Answer<ObjectVersion> there = requests.head(key);
        long size = there.seen().map(ObjectVersion::size).orElse(0L);
        if (size == 0) {
            return there.failure().isEmpty();
        }
        long first = random.nextLong(size);
        try {
            return get(
                    key,
                    random.nextBoolean()
                            ? new RangeSpec.FromTo(first, first + random.nextLong(size))
                            : new RangeSpec.Suffix(1 + random.nextLong(size)));
        } catch (io.kintsugi.base.StoreException.Invalid e) {
            return true; // it has become shorter meanwhile
        }
    }

    boolean getVersion(Key key, int write, VersionId version) {
        long from = history.moment();
        Requests.Answer<Requests.Seen> answer =
                requests.get(key, Optional.of(version), new RangeSpec.Whole(), Duration.ZERO);
        if (failed("get version " + version + " of " + key, answer)) {
            return false;
        }
        answer.seen().ifPresent(this::check);
        history.add(
                who,
                key,
                from,
                new ReadVersion(write),
                new Saw(answer.seen().map(Requests.Seen::version).flatMap(Write::numberOf)));
        return true;
    }

    boolean head(Key key) {
        long from = history.moment();
        Requests.Answer<ObjectVersion> answer = requests.head(key);
        if (failed("head " + key, answer)) {
            return false;
        }
        answer.seen().ifPresent(version -> VisibleIsWhole.check(history, version));
        note(key, from, new Read(false), answer.seen());
        return true;
    }

    /** Page by page; with a delimiter a common prefix hides what is behind it. */
    boolean list(String bucket, Optional<String> delimiter, int pageSize) {
        ListQuery.Start start = new ListQuery.Beginning();
        String after = "";
        while (true) {
            long from = history.moment();
            ListQuery query = new ListQuery(new BucketName(bucket), "", delimiter, start, pageSize);
            Requests.Answer<ListPage> answer = requests.list(query, false);
            if (failed("list " + bucket, answer)) {
                return false;
            }
            ListPage page = answer.seen().orElseThrow(() -> new Violation("ListAfterWrite", "no bucket " + bucket));
            String last = page.entries().isEmpty() ? after : lastOf(page);
            note(bucket, from, page, after, page.truncated() ? last : "\uffff");
            if (!page.truncated()) {
                return true;
            }
            after = last;
            start = page.entries().getLast() instanceof ListPage.CommonPrefix(String prefix)
                    ? new ListQuery.AfterPrefix(prefix)
                    : new ListQuery.AfterKey(last);
        }
    }

    private static String lastOf(ListPage page) {
        return switch (page.entries().getLast()) {
            case ListPage.Version(ObjectVersion version, var _) -> version.key().value();
            case ListPage.CommonPrefix(String prefix) -> prefix + "\uffff";
        };
    }

    /** The page says of every key between what it has there, except of those that are rolled up. */
    private void note(String bucket, long from, ListPage page, String after, String to) {
        Map<String, ObjectVersion> objects = new HashMap<>();
        List<String> prefixes = new ArrayList<>();
        for (ListPage.Entry entry : page.entries()) {
            switch (entry) {
                case ListPage.Version(ObjectVersion version, var _) ->
                    objects.put(version.key().value(), version);
                case ListPage.CommonPrefix(String prefix) -> prefixes.add(prefix);
            }
        }
        for (String name : Knowledge.NAMES) {
            boolean covered = name.compareTo(after) > 0 && name.compareTo(to) <= 0;
            if (covered && prefixes.stream().noneMatch(name::startsWith)) {
                Optional<ObjectVersion> seen = Optional.ofNullable(objects.get(name));
                seen.ifPresent(version -> VisibleIsWhole.check(history, version));
                note(new Key(bucket, name), from, new Read(true), seen);
            }
        }
    }

    boolean listVersions(String bucket) {
        long from = history.moment();
        ListQuery query = new ListQuery(new BucketName(bucket), "", Optional.empty(), new ListQuery.Beginning(), MANY);
        Requests.Answer<ListPage> answer = requests.list(query, true);
        if (failed("list versions " + bucket, answer)) {
            return false;
        }
        Map<String, List<Optional<Integer>>> seen = new HashMap<>();
        for (ListPage.Entry entry : answer.seen().orElseThrow().entries()) {
            if (entry instanceof ListPage.Version(ObjectVersion version, boolean latest)) {
                List<Optional<Integer>> ofKey =
                        seen.computeIfAbsent(version.key().value(), k -> new ArrayList<>());
                if (latest != ofKey.isEmpty()) {
                    throw new Violation("ListAfterWrite", version + " is latest or not, and " + ofKey + " is newer");
                }
                if (!version.deleteMarker()) {
                    VisibleIsWhole.check(history, version);
                }
                ofKey.add(Write.numberOf(version));
            }
        }
        for (String name : Knowledge.NAMES) {
            SawAll all = new SawAll(List.copyOf(seen.getOrDefault(name, List.of())));
            history.add(who, new Key(bucket, name), from, new ReadAll(), all);
        }
        return true;
    }
}
