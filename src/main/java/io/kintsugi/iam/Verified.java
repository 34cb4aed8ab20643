package io.kintsugi.iam;

/** What is known about a request whose head was verified. */
public record Verified(Identity identity, Payload payload) {}
