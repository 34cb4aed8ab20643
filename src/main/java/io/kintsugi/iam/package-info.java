/**
 * Who are you, and may you.
 *
 * <p>Duty: root credentials, the verification of AWS Signature Version 4 in all the forms that S3 has (header,
 * presigned query, chunks and trailers) and of presigned URLs of version 2, and the decision whether an
 * {@link io.kintsugi.iam.Identity} may do something.
 *
 * <p>Invariants: secrets and signatures are compared in constant time; no secret reaches a message, a log line or a
 * {@code toString}; what was not signed is not believed. Knows no HTTP library: the wire hands in a
 * {@link io.kintsugi.iam.SignedRequest}.
 */
package io.kintsugi.iam;
