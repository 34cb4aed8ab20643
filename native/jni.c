/* The native methods of io.kintsugi.codec.Kernels. Ranges were checked in Java. */
#include <jni.h>
#include "kintsugi.h"

#define METHOD(type, name) JNIEXPORT type JNICALL Java_io_kintsugi_codec_Kernels_##name

_Static_assert(sizeof(struct ks_context) <= KS_CONTEXT_BYTES, "Kernels.CONTEXT_BYTES is too small");

static uint8_t *at(jlong address)
{
    return (uint8_t *)(intptr_t)address;
}

static void load(JNIEnv *env, jbyteArray array, struct ks_context *c)
{
    (*env)->GetByteArrayRegion(env, array, 0, sizeof *c, (jbyte *)c);
}

static void save(JNIEnv *env, jbyteArray array, const struct ks_context *c)
{
    (*env)->SetByteArrayRegion(env, array, 0, sizeof *c, (const jbyte *)c);
}

METHOD(jint, interfaceVersion)(JNIEnv *env, jclass k)
{
    (void)env, (void)k;
    return KS_INTERFACE_VERSION;
}

METHOD(jint, paths)(JNIEnv *env, jclass k, jint kernel)
{
    (void)env, (void)k;
    return (jint)ks_paths((enum ks_kernel)kernel);
}

METHOD(jlong, address)(JNIEnv *env, jclass k, jobject buffer)
{
    (void)k;
    return (jlong)(intptr_t)(*env)->GetDirectBufferAddress(env, buffer);
}

METHOD(void, prepare)(JNIEnv *env, jclass k, jlong plan)
{
    (void)env, (void)k;
    ks_rs_prepare(at(plan));
}

METHOD(void, code)(JNIEnv *env, jclass k, jint path, jlong plan, jlong base, jlong stride, jlong length)
{
    (void)env, (void)k;
    ks_rs_code((enum ks_path)path, at(plan), at(base), (size_t)stride, (size_t)length);
}

METHOD(jint, crc32c)(JNIEnv *env, jclass k, jint path, jint crc, jlong address, jlong length)
{
    (void)env, (void)k;
    return (jint)ks_crc_update(KS_CRC32C, (enum ks_path)path, (uint32_t)crc, at(address), (size_t)length);
}

METHOD(jint, crc32cBuffer)(JNIEnv *env, jclass k, jint path, jint crc, jobject buffer, jint offset, jint length)
{
    (void)k;
    const uint8_t *p = (*env)->GetDirectBufferAddress(env, buffer);
    return (jint)ks_crc_update(KS_CRC32C, (enum ks_path)path, (uint32_t)crc, p + offset, (size_t)length);
}

METHOD(jint, crc32cArray)(JNIEnv *env, jclass k, jint path, jint crc, jbyteArray array, jint offset, jint length)
{
    (void)k;
    uint8_t *p = (*env)->GetPrimitiveArrayCritical(env, array, NULL);
    if (p == NULL)
        return 0; /* an OutOfMemoryError is pending */
    jint out = (jint)ks_crc_update(KS_CRC32C, (enum ks_path)path, (uint32_t)crc, p + offset, (size_t)length);
    (*env)->ReleasePrimitiveArrayCritical(env, array, p, JNI_ABORT);
    return out;
}

METHOD(void, digestBegin)(JNIEnv *env, jclass k, jint kernel, jbyteArray context)
{
    (void)k;
    struct ks_context c;
    ks_digest_begin((enum ks_kernel)kernel, &c);
    save(env, context, &c);
}

METHOD(void, digestUpdate)(JNIEnv *env, jclass k, jint kernel, jint path, jbyteArray context, jlong address,
                           jlong length)
{
    (void)k;
    struct ks_context c;
    load(env, context, &c);
    ks_digest_update((enum ks_kernel)kernel, (enum ks_path)path, &c, at(address), (size_t)length);
    save(env, context, &c);
}

METHOD(void, digestBuffer)(JNIEnv *env, jclass k, jint kernel, jint path, jbyteArray context, jobject buffer,
                           jint offset, jint length)
{
    (void)k;
    struct ks_context c;
    const uint8_t *p = (*env)->GetDirectBufferAddress(env, buffer);
    load(env, context, &c);
    ks_digest_update((enum ks_kernel)kernel, (enum ks_path)path, &c, p + offset, (size_t)length);
    save(env, context, &c);
}

METHOD(void, md5Lanes)(JNIEnv *env, jclass k, jint path, jobjectArray contexts, jlongArray addresses, jint lanes,
                       jlong blocks)
{
    (void)k;
    struct ks_context c[KS_MD5_LANES_MAX], *each[KS_MD5_LANES_MAX];
    jlong from[KS_MD5_LANES_MAX];
    const uint8_t *p[KS_MD5_LANES_MAX];
    (*env)->GetLongArrayRegion(env, addresses, 0, lanes, from);
    for (int lane = 0; lane < lanes; lane++) {
        jbyteArray context = (*env)->GetObjectArrayElement(env, contexts, lane);
        load(env, context, &c[lane]);
        (*env)->DeleteLocalRef(env, context);
        each[lane] = &c[lane];
        p[lane] = at(from[lane]);
    }
    ks_md5_lanes((enum ks_path)path, each, p, lanes, (size_t)blocks);
    for (int lane = 0; lane < lanes; lane++) {
        jbyteArray context = (*env)->GetObjectArrayElement(env, contexts, lane);
        save(env, context, &c[lane]);
        (*env)->DeleteLocalRef(env, context);
    }
}

METHOD(void, sha256Pair)(JNIEnv *env, jclass k, jint path, jbyteArray first, jlong first_address, jbyteArray second,
                         jlong second_address, jlong blocks)
{
    (void)k;
    struct ks_context c[2], *const each[2] = {&c[0], &c[1]};
    const uint8_t *const p[2] = {at(first_address), at(second_address)};
    load(env, first, &c[0]);
    load(env, second, &c[1]);
    ks_sha256_pair((enum ks_path)path, each, p, (size_t)blocks);
    save(env, first, &c[0]);
    save(env, second, &c[1]);
}

METHOD(void, digestArray)(JNIEnv *env, jclass k, jint kernel, jint path, jbyteArray context, jbyteArray array,
                          jint offset, jint length)
{
    (void)k;
    struct ks_context c;
    load(env, context, &c);
    uint8_t *p = (*env)->GetPrimitiveArrayCritical(env, array, NULL);
    if (p == NULL)
        return; /* an OutOfMemoryError is pending */
    ks_digest_update((enum ks_kernel)kernel, (enum ks_path)path, &c, p + offset, (size_t)length);
    (*env)->ReleasePrimitiveArrayCritical(env, array, p, JNI_ABORT);
    save(env, context, &c);
}

METHOD(void, digestFinish)(JNIEnv *env, jclass k, jint kernel, jint path, jbyteArray context, jbyteArray value)
{
    (void)k;
    struct ks_context c;
    uint8_t out[64];
    load(env, context, &c);
    int length = ks_digest_finish((enum ks_kernel)kernel, (enum ks_path)path, &c, out);
    (*env)->SetByteArrayRegion(env, value, 0, length, (const jbyte *)out);
}

METHOD(jlong, giveBack)(JNIEnv *env, jclass k)
{
    (void)env, (void)k;
    return (jlong)ks_give_back();
}

METHOD(jint, fileOpen)(JNIEnv *env, jclass k, jbyteArray path)
{
    (void)k;
    jbyte *p = (*env)->GetByteArrayElements(env, path, NULL);
    if (p == NULL)
        return -1; /* an OutOfMemoryError is pending */
    jint fd = ks_file_open((const char *)p);
    (*env)->ReleaseByteArrayElements(env, path, p, JNI_ABORT);
    return fd;
}

METHOD(void, fileClose)(JNIEnv *env, jclass k, jint fd)
{
    (void)env, (void)k;
    ks_file_close(fd);
}

METHOD(jint, fileCached)(JNIEnv *env, jclass k, jint fd, jlong position, jobject buffer, jint offset, jint length)
{
    (void)k;
    uint8_t *p = (*env)->GetDirectBufferAddress(env, buffer);
    return (jint)ks_file_cached(fd, p + offset, (size_t)length, position);
}
