package io.kintsugi.objects;

/**
 * @param number 1 to 10,000
 * @param source with the range that is to become the part
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html">UploadPartCopy</a>
 */
public record UploadPartCopy(UploadName upload, int number, GetObject source) {}
