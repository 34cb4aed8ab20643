package io.kintsugi.objects;

/**
 * @param number 1 to 10,000
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html">UploadPart</a>
 */
public record UploadPart(UploadName upload, int number, UploadBody body) {}
