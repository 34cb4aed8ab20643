package io.kintsugi.shards;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kintsugi.shards.DriveLevels.Room;
import org.junit.jupiter.api.Test;

class DriveRoomTest {
    @Test
    void lessThanATenthIsScarce() {
        assertTrue(new Room(1_000, 99).isScarce());
        assertTrue(new Room(1_000, 0).isScarce());
        assertFalse(new Room(1_000, 100).isScarce());
    }

    @Test
    void whatIsNotKnownIsNotScarce() {
        assertFalse(new Room(0, 0).isScarce());
    }
}
