package io.kintsugi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.drives.OpenFiles;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What the store makes of a limit of open files. */
class FileLimitTest {
    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max core file size        0                    unlimited            bytes
            Max open files            1024                 524288               files
            Max locked memory         8388608              8388608              bytes
            """;

    private static FileLimit of(long files) {
        return new FileLimit(OptionalLong.of(files));
    }

    @Test
    void theSoftLimitIsRead() {
        assertEquals(of(1024), FileLimit.parse(LIMITS));
        FileLimit unknown = new FileLimit(OptionalLong.empty());
        assertEquals(unknown, FileLimit.parse(LIMITS.replace("1024", "unlimited")));
        assertEquals(unknown, FileLimit.parse(""));
        assertTrue(FileLimit.ofThisProcess().files().orElse(1) > 0);
    }

    @Test
    void whereNobodySaysOrThereIsEnoughNothingIsBoundAndNothingSaid() {
        for (FileLimit limit : new FileLimit[] {new FileLimit(OptionalLong.empty()), of(FileLimit.most(4))}) {
            assertEquals(OpenFiles.MOST, limit.share(4));
            assertEquals(Optional.empty(), limit.warning(4));
        }
    }

    @Test
    void whatDrivesKeepOpenLeavesHalfOfTheRestToClients() {
        for (int drives = 1; drives <= 64; drives *= 2) {
            long before = 0;
            for (long files = FileLimit.least(drives); files < FileLimit.most(drives); files += 97) {
                OpenFiles each = of(files).share(drives);
                long kept = drives * each.descriptors();
                assertTrue(kept >= before, "more are of more use");
                assertTrue(files - kept >= (files - FileLimit.least(drives)) / 2 + 512, files + " for " + drives);
                assertTrue(each.tables() >= OpenFiles.LEAST.tables() && each.tables() <= OpenFiles.MOST.tables());
                assertTrue(each.shards() <= OpenFiles.MOST.shards());
                before = kept;
            }
        }
    }

    @Test
    void tooFewAreWarnedOfWithWhatToDo() {
        String warning = of(4096).warning(4).orElseThrow();
        assertTrue(warning.contains("4096") && warning.contains("LimitNOFILE"), warning);
        assertTrue(warning.contains(String.valueOf(FileLimit.most(4))), warning);
    }

    @Test
    void aStoreThatCouldNotWorkIsNotStarted() {
        long least = FileLimit.least(4);
        assertTrue(least <= 1024, "what a shell gives is enough for four drives");
        of(least).share(4);
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> of(least - 1).share(4));
        assertTrue(refusal.getMessage().contains("LimitNOFILE"), refusal.getMessage());
    }
}
