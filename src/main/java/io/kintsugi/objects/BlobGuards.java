package io.kintsugi.objects;

/** What keeps shards from being removed: reads that are at them, and work that is changing them. */
record BlobGuards(ReadPins pins, BlobClaims claims) {}
