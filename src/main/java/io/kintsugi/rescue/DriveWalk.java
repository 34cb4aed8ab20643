package io.kintsugi.rescue;

import io.kintsugi.base.BlobId;
import io.kintsugi.base.BlobRef.Form;
import io.kintsugi.base.DriveId;
import io.kintsugi.base.StoreException.Unavailable;
import io.kintsugi.drives.ShardName;
import io.kintsugi.shards.ShardSurvey;
import io.kintsugi.shards.SurveyPage;
import io.kintsugi.shards.SurveyedShard;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Walks over all blobs that lie on the drives. All drives list their shards in one order, so the lists are merged, and
 * all shards of a blob come together without anything being kept. One thread; memory for a page a drive.
 */
final class DriveWalk {
    private static final int PAGE = 4096;
    private static final List<Form> FORMS = List.of(Form.PACKED, Form.FILES);

    private final ShardSurvey survey;
    private final Consumer<String> faults;

    /** @param faults hears of drives that can't be listed to the end, when they are walked over */
    DriveWalk(ShardSurvey survey, Consumer<String> faults) {
        this.survey = survey;
        this.faults = faults;
    }

    /** All shards that can be listed. */
    long count() {
        long shards = 0;
        for (Form form : FORMS) {
            for (DriveId drive : survey.drives()) {
                for (Listing at = new Listing(drive, form, fault -> {}); at.hasNext(); at.next()) {
                    shards++;
                }
            }
        }
        return shards;
    }

    void each(Consumer<FoundBlob> visitor) {
        FORMS.forEach(form -> each(form, visitor));
    }

    private record Head(SurveyedShard shard, Listing rest) {}

    private void each(Form form, Consumer<FoundBlob> visitor) {
        Comparator<SurveyedShard> order = Comparator.comparing(DriveWalk::nameOf, ShardName.listingOrder(form));
        PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::shard, order));
        for (DriveId drive : survey.drives()) {
            push(heads, new Listing(drive, form, faults));
        }
        List<SurveyedShard> shards = new ArrayList<>();
        while (!heads.isEmpty()) {
            Head head = heads.poll();
            BlobId blob = head.shard().blob();
            if (!shards.isEmpty() && !shards.getFirst().blob().equals(blob)) {
                visitor.accept(new FoundBlob(shards.getFirst().blob(), form, shards));
                shards.clear();
            }
            shards.add(head.shard());
            push(heads, head.rest());
        }
        if (!shards.isEmpty()) {
            visitor.accept(new FoundBlob(shards.getFirst().blob(), form, shards));
        }
    }

    private static void push(PriorityQueue<Head> heads, Listing listing) {
        if (listing.hasNext()) {
            heads.add(new Head(listing.next(), listing));
        }
    }

    private static ShardName nameOf(SurveyedShard shard) {
        return new ShardName(shard.blob(), shard.index());
    }

    /** One drive's shards of one form. */
    private final class Listing implements Iterator<SurveyedShard> {
        private final DriveId drive;
        private final Form form;
        private final Consumer<String> unread;
        private List<SurveyedShard> page = List.of();
        private int at;
        private boolean more = true;

        Listing(DriveId drive, Form form, Consumer<String> unread) {
            this.drive = drive;
            this.form = form;
            this.unread = unread;
        }

        @Override
        public boolean hasNext() {
            while (at == page.size() && more) {
                load();
            }
            return at < page.size();
        }

        private void load() {
            Optional<SurveyedShard> last = page.isEmpty() ? Optional.empty() : Optional.of(page.getLast());
            try {
                SurveyPage next = survey.shards(drive, form, last, PAGE);
                page = next.shards();
                at = 0;
                more = next.more() && !page.isEmpty();
            } catch (Unavailable e) {
                unread.accept("unreadable: the list of " + form + " shards of drive " + drive + ": " + e.getMessage()
                        + (e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")"));
                page = List.of();
                at = 0;
                more = false;
            }
        }

        @Override
        public SurveyedShard next() {
            return page.get(at++);
        }
    }
}
