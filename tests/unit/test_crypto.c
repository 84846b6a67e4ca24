/*
 * test_crypto.c - digests, base 58 and bech32 against published vectors.
 */
#include "config.h"

#include "base/base58.h"
#include "base/bech32.h"
#include "base/blake2b.h"
#include "base/keccak.h"
#include "base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_digest(const uint8_t digest[32], const char *hex)
{
    char text[65];

    for (size_t i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(text, hex);
}

static void test_keccak(void **state)
{
    static const uint8_t a200[200] = {0};
    uint8_t digest[KECCAK_BYTES];

    (void)state;
    /* Keccak submission, ShortMsgKAT_256.txt: Len = 0, Len = 8 (cc), Len = 16 (41fb). */
    keccak_256(view_str(""), digest);
    assert_digest(digest, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    keccak_256(view_of("\xcc", 1), digest);
    assert_digest(digest, "eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a");
    keccak_256(view_of("\x41\xfb", 2), digest);
    assert_digest(digest, "a8eaceda4d47b3281a795ad9e1ea2122b407baf9aabcb9e18b5717b7873537d2");
    /* Computed with tests/gen/wallets.py: lengths about the rate of 136. */
    keccak_256(view_of(a200, 135), digest);
    assert_digest(digest, "29e3704feeca7fb9ba229f0fa04d9b36449cf3ad6e1d85d9cfff3a10df9abc3e");
    keccak_256(view_of(a200, 136), digest);
    assert_digest(digest, "3a5912a7c5faa06ee4fe906253e339467a9ce87d533c65be3c15cb231cdb25f9");
    keccak_256(view_of(a200, 200), digest);
    assert_digest(digest, "e1bb54e1bc3af48d01e5dbfc81015c98152a574f6428c6948aa4837c9c0baad9");
}

static void test_blake2b(void **state)
{
    static const uint8_t zeros[300] = {0};
    uint8_t digest[BLAKE2B_BYTES];

    (void)state;
    /* The digests of Python's hashlib.blake2b(digest_size=32), which is the authors' code; the first is widely published. */
    blake2b_256(view_str(""), digest);
    assert_digest(digest, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    blake2b_256(view_str("abc"), digest);
    assert_digest(digest, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    blake2b_256(view_of(zeros, 127), digest);
    assert_digest(digest, "0f2dfeb03485c703d0c8584a40d135192ecb150247e9377595ed718d84b08a85");
    blake2b_256(view_of(zeros, 128), digest);
    assert_digest(digest, "378d0caaaa3855f1b38693c1d6ef004fd118691c95c959d4efa950d6d6fcf7c1");
    blake2b_256(view_of(zeros, 129), digest);
    assert_digest(digest, "baadfb64c3bd2cd187b54accc5e61a0720ed86bf48c28017873536cf9015d1b8");
    blake2b_256(view_of(zeros, 300), digest);
    assert_digest(digest, "3b7fa24c99516cfee0cc68a8670eae28e9f4636460b4a8c09feeef5409504bff");
}

static void test_sha256(void **state)
{
    uint8_t digest[SHA256_BYTES];

    (void)state;
    sha256(view_str("abc"), digest); /* FIPS 180-2, B.1 */
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256((struct view){NULL, 0}, digest);
    assert_digest(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_twice(view_str("hello"), digest); /* Bitcoin wiki, "Protocol documentation" */
    assert_digest(digest, "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
}

/* draft-msporny-base58-03, section 5, and leading zeros. */
static void test_base58(void **state)
{
    static const struct {
        const char *bytes, *text;
        size_t n;
    } rows[] = {
        {"Hello World!", "2NEpo7TZRRrLZSi2U", 12},
        {"The quick brown fox jumps over the lazy dog.", "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z", 44},
        {"\x00\x00\x28\x7f\xb4\xcd", "11233QC4", 6},
        {"\x00\x00", "11", 2},
        {"\xff", "5Q", 1},
    };
    uint8_t bytes[64], long_bytes[BASE58_MAX];
    char text[80], longest[BASE58_MAX + 1], again[BASE58_MAX + 1];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(base58_encode(view_of(rows[i].bytes, rows[i].n), text, sizeof(text)), strlen(rows[i].text));
        assert_string_equal(text, rows[i].text);
        assert_int_equal(base58_decode(view_str(text), bytes, sizeof(bytes)), rows[i].n);
        assert_memory_equal(bytes, rows[i].bytes, rows[i].n);
        assert_int_equal(base58_decode(view_str(text), bytes, rows[i].n - 1), 0);                  /* no room */
        assert_int_equal(base58_encode(view_of(rows[i].bytes, rows[i].n), text, strlen(text)), 0); /* none for the NUL */
    }
    for (const char *c = "0OIl+ "; *c; c++) {
        assert_false(base58_is(view_of(c, 1)));
        assert_int_equal(base58_decode(view_of(c, 1), bytes, sizeof(bytes)), 0);
    }
    memset(longest, '1', sizeof(longest));
    assert_int_equal(base58_decode(view_of(longest, sizeof(longest)), bytes, sizeof(bytes)), 0);
    memset(longest, 'z', sizeof(longest));
    assert_int_equal(base58_decode(view_of(longest, BASE58_MAX), bytes, sizeof(bytes)), 0); /* 94 bytes */
    for (size_t n = 1; n <= BASE58_MAX; n++) { /* whole words of the number, and parts of one */
        size_t n_bytes = base58_decode(view_of(longest, n), long_bytes, sizeof(long_bytes));

        assert_int_equal(base58_encode(view_of(long_bytes, n_bytes), again, sizeof(again)), n);
        assert_memory_equal(again, longest, n);
    }
}

static void test_base58_blocks(void **state)
{
    uint8_t bytes[16];

    (void)state;
    /* Monero's tests/unit_tests/base58.cpp: encodings of blocks. */
    assert_int_equal(base58_decode_blocks(view_str("5Q"), bytes, sizeof(bytes)), 1);
    assert_int_equal(bytes[0], 0xff);
    assert_int_equal(base58_decode_blocks(view_str("LUv"), bytes, sizeof(bytes)), 2);
    assert_int_equal(base58_decode_blocks(view_str("jpXCZedGfVQ"), bytes, sizeof(bytes)), 8);
    assert_memory_equal(bytes, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    assert_int_equal(base58_decode_blocks(view_str("11111111111"), bytes, sizeof(bytes)), 8);
    assert_int_equal(base58_decode_blocks(view_str("5R"), bytes, sizeof(bytes)), 0);          /* 256 */
    assert_int_equal(base58_decode_blocks(view_str("jpXCZedGfVR"), bytes, sizeof(bytes)), 0); /* 2 to the power of 64 */
    assert_int_equal(base58_decode_blocks(view_str("zzzzzzzzzzz"), bytes, sizeof(bytes)), 0);
    assert_int_equal(base58_decode_blocks(view_str("1"), bytes, sizeof(bytes)), 0); /* no number of bytes takes 1, 4 or 8 */
    assert_int_equal(base58_decode_blocks(view_str("1111"), bytes, sizeof(bytes)), 0);
    assert_int_equal(base58_decode_blocks(view_str("11111111"), bytes, sizeof(bytes)), 0);
    assert_int_equal(base58_decode_blocks(view_str("1l"), bytes, sizeof(bytes)), 0);
    assert_int_equal(base58_decode_blocks(view_str("1111111111111"), bytes, 8), 0); /* no room */
}

static void test_base58_check(void **state)
{
    uint8_t bytes[32];
    char text[64];

    (void)state;
    assert_int_equal(base58_check_decode(view_str("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), bytes, sizeof(bytes)), 21);
    assert_int_equal(base58_check_encode(view_of(bytes, 21), text, sizeof(text)), 34);
    assert_string_equal(text, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa");
    assert_int_equal(base58_check_decode(view_str("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"), bytes, sizeof(bytes)), 0);
    assert_int_equal(base58_check_decode(view_str("1111"), bytes, sizeof(bytes)), 0);
    assert_int_equal(base58_check_decode(view_str(""), bytes, sizeof(bytes)), 0);
}

/* A text of BIP 173 or BIP 350 parts at its last 1. */
static enum bech32_code code_of(const char *text)
{
    struct view v = view_str(text);
    size_t at = view_find_last(v, '1');
    struct bech32 b;

    if (at == v.n || !bech32_one_case(v) || !bech32_read(view_skip(v, at + 1), BECH32_ALPHABET, &b))
        return BECH32_WRONG;
    return bech32_check(view_head(v, at), &b);
}

static void test_bech32(void **state)
{
    static const struct {
        const char *text;
        enum bech32_code code;
    } rows[] = {
        /* BIP 173, valid */
        {"A12UEL5L", BECH32_FIRST},
        {"a12uel5l", BECH32_FIRST},
        {"an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs", BECH32_FIRST},
        {"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", BECH32_FIRST},
        {"11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j", BECH32_FIRST},
        {"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", BECH32_FIRST},
        {"?1ezyfcl", BECH32_FIRST},
        /* BIP 173, invalid */
        {"pzry9x0s0muk", BECH32_WRONG},
        {"x1b4n0q5v", BECH32_WRONG},
        {"li1dgmt3", BECH32_WRONG},
        {"de1lg7wt\xff", BECH32_WRONG},
        {"A1G7SGD8", BECH32_WRONG},
        {"A12uel5l", BECH32_WRONG}, /* mixed case */
        /* BIP 350, valid */
        {"A1LQFN3A", BECH32_M},
        {"a1lqfn3a", BECH32_M},
        {"abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", BECH32_M},
        {"split1checkupstagehandshakeupstreamerranterredcaperredlc445v", BECH32_M},
        {"?1v759aa", BECH32_M},
        /* BIP 350, invalid */
        {"qyrz8wqd2c9m", BECH32_WRONG},
        {"y1b0jsk6g", BECH32_WRONG},
        {"lt1igcx5c0", BECH32_WRONG},
        {"M1VUXWEZ", BECH32_WRONG},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (code_of(rows[i].text) != rows[i].code)
            fail_msg("%s", rows[i].text);
}

/* Specification of CashAddr: checksums. */
static void test_cashaddr(void **state)
{
    static const char *const rows[] = {
        "prefix:x64nx6hz",
        "p:gpf8m4h7",
        "bitcoincash:qpzry9x8gf2tvdw0s3jn54khce6mua7lcw20ayyn",
        "bchtest:testnetaddress4d6njnut",
        "bchreg:555555555555555555555555555555555555555555555udxmlmrz",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct view v = view_str(rows[i]);
        size_t at = view_find(v, ':');
        struct bech32 b;

        assert_true(bech32_read(view_skip(v, at + 1), BECH32_ALPHABET, &b));
        if (b.n > CASHADDR_CHECKSUM) /* one that is nothing but a checksum is none here */
            assert_true(cashaddr_check(view_head(v, at), &b));
        b.values[0] ^= 1;
        assert_false(cashaddr_check(view_head(v, at), &b));
    }
}

static void test_bech32_bytes(void **state)
{
    struct bech32 b = {.values = {31, 28, 31, 29, 1}, .n = 5};
    uint8_t bytes[4];

    (void)state;
    assert_true(bech32_bytes(&b, 0, 2, bytes, 1));
    assert_int_equal(bytes[0], 0xff);
    assert_false(bech32_bytes(&b, 2, 2, bytes, 1)); /* a bit is left over */
    assert_false(bech32_bytes(&b, 0, 1, bytes, 0)); /* 5 of them: a value too many */
    assert_false(bech32_bytes(&b, 0, 2, bytes, 2));
    assert_false(bech32_bytes(&b, 4, 2, bytes, 1)); /* behind the end */
    assert_false(bech32_bytes(&b, 6, 0, bytes, 0));
}

static void test_encoders(void **state)
{
    static const uint8_t hash[20] = {0x75, 0x1e, 0x76, 0xe8, 0x19, 0x91, 0x96, 0xd4, 0x54, 0x94,
                                     0x1c, 0x45, 0xd1, 0xb3, 0xa3, 0x23, 0xf1, 0x43, 0x3b, 0xd6};
    uint8_t bytes[32];
    char text[96];

    (void)state;
    assert_int_equal(bech32_encode_witness("bc", 0, view_of(hash, 20), text, sizeof(text)), 42); /* BIP 173 */
    assert_string_equal(text, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    assert_int_equal(bech32_encode_witness("bc", 2, view_of(hash, 16), text, sizeof(text)), 36); /* BIP 350 */
    assert_string_equal(text, "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs");
    assert_int_equal(bech32_encode_witness("bc", 0, view_of(hash, 20), text, 42), 0); /* no room for the NUL */
    assert_int_equal(base58_check_decode(view_str("1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu"), bytes, sizeof(bytes)), 21);
    assert_int_equal(cashaddr_encode("bitcoincash", 0, view_of(bytes + 1, 20), text, sizeof(text)), 54);
    assert_string_equal(text, "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a");
    assert_int_equal(cashaddr_encode("bitcoincash", 1, view_of(bytes + 1, 20), text, sizeof(text)), 54);
    assert_string_equal(text, "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq");
    assert_int_equal(cashaddr_encode("bitcoincash", 0, view_of(bytes, 21), text, sizeof(text)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keccak),   cmocka_unit_test(test_blake2b),       cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_base58),   cmocka_unit_test(test_base58_blocks), cmocka_unit_test(test_base58_check),
        cmocka_unit_test(test_bech32),   cmocka_unit_test(test_cashaddr),      cmocka_unit_test(test_bech32_bytes),
        cmocka_unit_test(test_encoders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
