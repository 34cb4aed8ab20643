package io.kintsugi.objects;

import io.kintsugi.base.BlobRef;
import io.kintsugi.shards.HealResult;

/** What came of looking at a blob to mend it. */
sealed interface Mending {
    /** Nothing refers to the blob any more. */
    record Gone() implements Mending {}

    /** @param blob as it was recorded while it was looked at */
    record Done(BlobRef blob, HealResult result) implements Mending {
        /** Whether every shard whose drive is there is now there and verified. */
        boolean right() {
            return result.restorable() && result.wrong() == result.rebuilt();
        }
    }

    /** Nothing can be said of it now: other work is at it, or something failed. To be tried again. */
    record Unknown() implements Mending {}
}
