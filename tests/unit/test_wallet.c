/*
 * test_wallet.c - addresses of each coin from public sources, and what becomes of them when one character is changed,
 * two are swapped, or the last is missing.
 *
 * "Generated" addresses were made by tests/gen/wallets.py's functions, where fewer than three were found published.
 */
#include "config.h"

#include "evidence/wallet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define KEY_1 "961fd95b190aeb38850754fee81b42486d140e44ee78f8f2d9e25ab69c3053b6"
#define KEY_2 "1d5a5e10eb15355422ad66b6c12167bdbb23b1e1ef674ea032175d220b242ed4"
#define KEY_3 "c7776e6d3fd3d9cc66f9e61b943e6d99473b16418ee93f3d5f6b70824cdb7f0a"

#define V WALLET_VALID
#define I WALLET_INVALID
#define U WALLET_UNCHECKED
#define N WALLET_NONE

/* wrong: what it is with one character changed, or two swapped; NONE when the form cannot be told without its checksum. */
static const struct row {
    const char *coin, *text;
    enum wallet_check check, wrong;
} rows[] = {
    /* XMR: Bisq, assets/.../MoneroTest.java; XMRig's donation address; tnn-miner, tnn-common.hpp */
    {"XMR", "4BJHitCigGy6giuYsJFP26KGkTKiQDJ6HJP1pan2ir2CCV8Twc2WWmo4fu1NVXt8XLGYAkjo5cJ3yH68Lfz9ZXEUJ9MeqPW", V, I},
    {"XMR", "46tM15KsogEW5MiVmBn7waPF8u8ZsB6aHjJk7BAv1wvMKfWhQ2h2so5BCJ9cRakfPt5BFo452oy3K8UK6L2u2v7aJ3Nf7P2", V, I},
    {"XMR", "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD", V, I},
    {"XMR", "49FCeAUYsPHYV3QLSKzQEpTgmKjHGYMzv2LMs4K7hprWK5FZNS31puWTsSxZo1rQTtVDw9Bi4YhRJYNyMc66zBuMMUhYJqe", V, I},
    {"XMR", "86iQTnEqQ9mXJFvBvbY3KU5do5Jh2NCkpTcZsw3TMZ6oKNJhELvAreZFQ1p8EknRRTKPp2vg9fJvy47Q4ARVChjLMuUAFQJ", V, I},
    {"XMR", "4LL9oSLmtpccfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2bYXZKKQePHES9khPK", V, I},
    {"XMR", "4GdoN7NCTi8a5gZug7PrwZNKjvHFmKeV11L6pNJPgj5QNEHsN6eeX3DaAQFwZ1ufD4LYCZKArktt113W7QjWvQ7CWD1FFMXoYHeE6M55P9", V, I},
    /* WOW: the project's donation address (wowlet's README); generated */
    {"WOW", "Wo3MWeKwtA918DU4c69hVSNgejdWFCRCuWjShRY66mJkU2Hv58eygJWDJS1MNa2Ge5M1WjUkGHuLqHkweDxwZZU42d16v94mP", V, I},
    {"WOW", "So2C7ypp1Q5ayf6qGaC3SM2DQ8eeJUh2khsVxbMSeJ81RZdf7RG7krWCDiH31WwuVAWFjMCyUjMEW9XJRyTwLdU9h4EyzET2Hvh21Vz8vAHP", V,
     I},
    {"WOW", "WW4FCSifBrVGptcDqn6thtPHCFQK14W3K2Xpjm7tbmaU3VjXAozBu4iQmkQR4nuPi8N2xfg36VaNC239UuNtcZo71PsF5M3CH", V, I},
    /* ZEPH: miners' configurations in public repositories (xmrig images, kryptex and herominers examples) */
    {"ZEPH", "ZEPHsCCGvZpQWa8CHg3xiNYM7jr9vRMjvQSPGseqfi4zd8YCTUMh18riqmJ1K27WFNDXrLu1KS2qkJihjgFKDH1eHoiwdjCCjEb", V, I},
    {"ZEPH", "ZEPHs8ZxhXVWTwmXYs3DnviGB3cjSDvKFiJK1gPhsujWj42ZeaJsJhxBa4TdP1xtWid5xf56yVRvBFxyin3rKzHiPrUkYt6dre4", V, I},
    {"ZEPH", "ZEPHsDAQSPbj6rzGBR4iXk53A1eunD7eVhdeL1MtY88HYT69ESZyxpz6LARmyZGXY9bNkzhYAGgP2Y61QKmngLaaWhitSPTr2NT", V, I},
    {"ZEPH", "ZEPHYR37Nih5NeNGLgKFMMfRVEPsaRDh1b9nkqcjjPen3G8RZVPaVtvc3gGELTC9geVsuquZogrSHCaP3sHvq8N6cyCSRJvkbUV57", V, I},
    /* SAL: treasury of salvium's cryptonote_config.h; miners' configurations in public repositories; generated */
    {"SAL", "SaLvdZR6w1A21sf2Wh6jYEh1wzY4GSbT7RX6FjyPsnLsffWLrzFQeXUXJcmBLRWDzZC2YXeYe5t7qKsnrg9FpmxmEcxPHsEYfqA", V, I},
    {"SAL", "SaLvdX4AtFaJ8mowi5pQKz87vejhLW9B63jYMVgBiZA3FaWucRYV72X9nEhGYRGi71ZzXt8Tu4Xn4AqfAK4CY9YYQnAh6pWw1zY", V, I},
    {"SAL", "SC11qbqjQfdRrSUuis6ubxRfcvw5dBD1TfLBsVdciBTyjW9M2RCAppCY5vnaDgmJzk1T8SWm68my7CfQWURMdeox3GrSiKF5sm", V, I},
    {"SAL", "SC1ikLXLpCK144VU6hihmbSEHjVkbpvniRpGEA8RDFM5XpK28kpBqfmC85xgUJpBFgSzN2Nhn46KpfZLdQgL71c3XzBuWhJ2ReQUVAx18ccKqR", V,
     I},
    {"SAL", "SC1siFT9aUPGpQHY1iwENiUTS8ZHg9G6fPNkhWBEpXXJ2LkUPoy5ugD5qwP4zBaJnxKuLUtQgB7QHYS1DY73Ra7t9kJhmND3GfB", V, I},
    {"SAL", "SaLvi5MmYhh6NDDhL9NpiG6dZv4m5iThyiFFSmWFDBeaAYr5cZ7eWFYZBcZt8R5b2cgVqX2ec5uKWVw5W4e5QoGi5nnDmD2yZmxVFNxBPTJJhs", V,
     I},
    {"SAL", "SaLvs78qDFmat9CspoKkhnDkTjbzLmXMY1LP96ZL6Ww8EVZ3U7C4WPxgwJN3n1aXsF6nADPS2PWBGWna4y24t9znMXnLBmHZfVn", V, I},
    /* ARQ: Bisq, ArqmaTest.java; generated */
    {"ARQ", "ar3ZLUTSac5DhxhyLJB11gcXWLYPKJchg7c8hoaKmqchC9TtHEdXzxGgt2vzCLUYwtSvkJQTXNCjzCR7KZiFUySV138PEopVC", V, I},
    {"ARQ", "aRS3V2hXuVAGAb5XWcDvN7McsSyqrEZ3XWyfMdEDCqioWNmVUuoKyNxDo7rwPCg55Ugb6KHXLN7hLZEGcnZzbm8M7uJ9YdVpeN", V, I},
    {"ARQ", "ar3mXR6SQeC3P9Dmq2LGsAeq5eDvjiNnYaywtqdNzixe6xLr38DiNVaaRKMkAQkR3NV3TuVAwAwEGH3QDgXJF3th1RwxABa9a", V, I},
    {"ARQ", "aRi1qdV3K6ALQ3jJVtHijaFCVwj4WdRA9dJsdanw9hvCC3e4L7g7S6UHrDRwqyExkjDM7LB2GfYNsbihmjwKLDm3finaejMWo548G3WNSEPfN", V,
     I},
    /* XHV, SUMO, GRFT: generated with the tags of their sources */
    {"XHV", "hvxyKoXyXMdedixGbfUYv35wx8CGr8YMGb7K42wo8RpKjMXVXrjaKuGFtJFZ13tAykYJn12K5VZ8Uh1Cs5gfXixb4wRWQUb1zf", V, I},
    {"XHV", "hvi1kNQnb9yh6apgDCR49NbnddB23JSNiSakpchRcryv3Ycy9xLNiLW4mnsQtj7tUZ9A7QcQUZSgV9deT64SeYQ2AUZR64LgEoJAEud4myUdU", V,
     I},
    {"XHV", "hvs1ZQa58UaDqmcKdcJKxMiVLnX6r7AFGarQpX5ZgXQwjCczMWd9WweJUHeKQrPSVmF71rbhmhWz5LoFPv7f9yiRA9F5YLmFer", V, I},
    {"SUMO", "Sumoo38EP1nJhoknZsTzgMUXVB3J3bDF4h32YKrHpaGtF71AtgmzSi8SirYk1KrNk6RA2L2ad7PVHSQtUCt3Jd4EBriTXWzQHRF", V, I},
    {"SUMO", "SumipGf2z2HUh7bCceSABDKtgUC2fZrsJBCBtsNZt32HMAJ3ChfKHu62WRsWJKPyp59DQUeLa3LodMYt5ZMkVQ5o3EqxsQQ77wrKR6Pcd3skAv",
     V, I},
    {"SUMO", "SuboYexGgck5evYkgSkCtBdvb83SW1UQSFyiiNY6yesHGD5XLKeXyxnfuLWCJqJQqdRGXjFmkiuRbQyVvvFie9HAANMqtnXVxt", V, I},
    {"GRFT", "G4uj9uPWapHCuyewPPWtcWe1xsnX6i4Fs3uSfZzzGbfzEvhYzen2qiZ1FAdjUBZvDFD5YhUi5FYoFNYQPSeRCixv6MyuNjQ", V, I},
    {"GRFT", "GEEzSq2dcgEaNHeUHJNR7sKMU8fmuJotsE5Jfw8aBexXBipRBAL4QQ7ZExzohNBrGWAKE9TSJXJC7YfSuokPUQMbCxEVenDpMkN5xzM8gb", V,
     I},
    {"GRFT", "J6MpqgzU7SETNcZosymPH3HAeVpBZHXUbj2cjFCQhea8LBCq2qgy4KJPVKbXBtXspm78yJJ3ZyWDc5eRNDwKXoqe6LCtX2q", V, I},
    /* a tag not known here: generated with 0x3800 */
    {NULL, "NV3TLQyX2PwWENS8TeNiwybVcAHkfk29YTnZQV6NvcABUoF71SMXYUGMbCh9i6vrG8c41PcPQjE5ZUSt8DDWHUrE1Vb2atLrn", V, N},
    /* BTC: the first block; specification of CashAddr; BIP 173; BIP 350 */
    {"BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", V, I},
    {"BTC", "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu", V, I},
    {"BTC", "16w1D5WRVKJuZUsSRzdLp9w3YGcgoxDXb", V, I},
    {"BTC", "3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC", V, I},
    {"BTC", "3LDsS579y7sruadqu11beEJoTjdFiFCdX4", V, I},
    {"BTC", "31nwvkZwyPdgzjBJZXfDmSWsC4ZLKpYyUw", V, I},
    {"BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", V, I},
    {"BTC", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", V, I},
    {"BTC", "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3", V, I},
    {"BTC", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", V, I},
    {"BTC", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", V, I},
    {"BTC", "BC1SW50QGDZ25J", V, N}, /* of its length a name is likelier when the checksum is wrong */
    {"BTC", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", V, I},
    /* LTC: Bisq, LitecoinTest.java */
    {"LTC", "Lg3PX8wRWmApFCoCMAsPF5P9dPHYQHEWKW", V, I},
    {"LTC", "LTuoeY6RBHV3n3cfhXVVTbJbxzxnXs9ofm", V, I},
    {"LTC", "LgfapHEPhZbRF9pMd5WPT35hFXcZS1USrW", V, I},
    {"LTC", "MGEW4aba3tnrVtVhGcmoqqHaLt5ymPSLPi", V, I},
    {"LTC", "ltc1qxtm55gultqzhqzl2p3ks50hg2478y3hehuj6dz", V, I},
    /* DOGE, DASH: Bisq, DogecoinTest.java, DashTest.java */
    {"DOGE", "DEa7damK8MsbdCJztidBasZKVsDLJifWfE", V, I},
    {"DOGE", "DNkkfdUvkCDiywYE98MTVp9nQJTgeZAiFr", V, I},
    {"DOGE", "DDWUYQ3GfMDj8hkx8cbnAMYkTzzAunAQxg", V, I},
    {"DASH", "XjNms118hx6dGyBqsrVMTbzMUmxDVijk7Y", V, I},
    {"DASH", "XjNPzWfzGiY1jHUmwn9JDSVMsTs6EtZQMc", V, I},
    {"DASH", "XnaJzoAKTNa67Fpt1tLxD5bFMcyN4tCvTT", V, I},
    /* RVN: burn addresses of Ravencoin's chainparams.cpp */
    {"RVN", "RXissueAssetXXXXXXXXXXXXXXXXXhhZGt", V, I},
    {"RVN", "RXReissueAssetXXXXXXXXXXXXXXVEFAWu", V, I},
    {"RVN", "RXissueSubAssetXXXXXXXXXXXXXWcwhwL", V, I},
    /* ZEC: Bisq, ZcashTest.java; founders' reward of Zcash's chainparams.cpp */
    {"ZEC", "t1K6LGT7z2uNTLxag6eK6XwGNpdkHbncBaK", V, I},
    {"ZEC", "t1ZjdqCGEkqL9nZ8fk9R6KA7bqNvXaVLUpF", V, I},
    {"ZEC", "t3Vz22vK5z2LcKEdg16Yv4FFneEL1zg9ojd", V, I},
    {"ZEC", "t3cL9AucCajm3HXDhb5jBnJK2vapVoXsop3", V, I},
    /* versions not known here: generated with 0x37; tnn-miner, tnn-common.hpp */
    {NULL, "PLouwDPYr43woNdXBj4LEau3ajQrq4fx2f", V, N},
    {NULL, "AaM7AxuyWyPKRMGC8wZxub2rXYUiinZDwj", V, N},
    /* BCH: specification of CashAddr */
    {"BCH", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", V, I},
    {"BCH", "bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy", V, I},
    {"BCH", "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq", V, I},
    {"BCH", "BITCOINCASH:PQQ3728YW0Y47SQN6L2NA30MCW6ZM78DZQ5UCQZC37", V, I},
    {"BCH", "qqq3728yw0y47sqn6l2na30mcw6zm78dzqre909m2r", V, I},
    {"BCH", "pr95sy3j9xwd2ap32xkykttr4cvcu7as4yc93ky28e", V, I},
    /* KAS: kaspad, util/doc.go; tests and examples in public repositories */
    {"KAS", "kaspa:qqj9fg59mptxkr9j0y53j5mwurcmda5mtza9n6v9pm9uj8h0wgk6uma5pvumr", V, I},
    {"KAS", "kaspa:qqs7krzzwqfgk9kf830smtzg64s9rf3r0khfj76cjynf2pfgrr35saatu88xq", V, I},
    {"KAS", "kaspa:qyp6mntj6r99luus6lxv4svlpfwss4eccpca6fs4v7l9ltqcsvsu7hqfn34dl5l", V, I},
    {"KAS", "qzrsq2mfj9sf7uye3u5q7juejzlr0axk5jz9fpg4vqe76erdyvxxze84k9nk7", V, I},
    {"KAS", "qyp6mntj6r99luus6lxv4svlpfwss4eccpca6fs4v7l9ltqcsvsu7hqfn34dl5l", V, I},
    /* its forks: miners, explorers and tests in public repositories; tnn-miner, tnn-common.hpp; generated */
    {"KLS", "karlsen:qzf4vvzvpj9j4frquf4tkd6cwetxx0w9qe2fy8dq26ff2fyhn2wvj46xff3nm", V, I},
    {"KLS", "karlsen:qrdn0eyzyc2z4leqwgxcngt98su5gq4p47gz435q8mu2wh8c78502qlfquvnj", V, I},
    {"KLS", "karlsen:qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqu3v2qv4j", V, I},
    {"NXL", "nexellia:qqq3lwqrnh6alujup2me8gkedvp4w4d8zkjxdzmlrzpju2npdvvmctwl649xr", V, I},
    {"NXL", "nexellia:qrfekdrsdxw3tn6qcxm2e53rm6873a8003uwk2a7tudwfp886q4xvc47fgvpn", V, I},
    {"NXL", "nexellia:qqd947x264muxe58tm89rt0rtcfzv3hs0ptrzr49fg7e0x2z9fcxu8c96r8vc", V, I},
    {"SPR", "spectre:qrfk4px3u0a7x3tphta603wjpvk0qzju77mrr90nancyy8fsz8q2kuyquknl5", V, I},
    {"SPR", "spectre:qr5l7q4s6mrfs9r7n0l090nhxrjdkxwacyxgk8lt2wt57ka6xr0ucvr0cmgnf", V, I},
    {"SPR", "spectre:qqnklfz9safc78p30y5c9q6p2rvxhj35uhnh96uunklak0tjn2x5wz8n7akql", V, I},
    {"AIX", "astrix:qz2mzpga6qv9uvnpueau7gs29vgu3ynj80xmd2dmja2kelzh6cssymsk3shjx", V, I},
    {"AIX", "astrix:qq0jq2e8wu9764hg6clyk0fz9yuv30jhlayaerf373rc0nadja0sshh4v76z8", V, I},
    {"AIX", "astrix:qrav3rs5y9v2d6h3fwv02pk9hq5p9vstfd8trs0qm2nz74myx498vt6sv8jan", V, I},
    {"HTN", "hoosat:qr03chtq640d6p9r5p95kw4t4txcrt9x2cyfjf5w6wpfqwugs35yy472wq6hu", V, I},
    {"HTN", "hoosat:qpjjhlhwm38q44mzw2g8lznjysukj0raldwlzwccppp85ycnjf9wy4f5a2j87", V, I},
    {"HTN", "hoosat:qq844al3avk68wx8t98h4lgwgp3mfju4p0auaxkwpgn2unpdndfnzj7upcdul", V, I},
    {"WALA", "waglayla:qr6h2tqwx8ad57nkte9kvcd9cqyjfgk30gznnza9jte7qzfa6gu0xy5n3evj5", V, I},
    {"WALA", "waglayla:qpndq4l6jq92e9judyj7m4dry6lx9v8clwpau2hnd46vqy7h4xh9jeze2995m", V, I},
    {"WALA", "waglayla:qz0y2jd5v6vhdklvwn08ekpz7n2y7j7vyr7gplnpzu3crddyrmz6shykw0yep", V, I},
    {NULL, "newfork:qrg7ld4z6pdu2uvllwvqq59tlxwuydcxmgczekm0llyuzq53xyfh6dvvzvjcm", V, N}, /* generated */
    /* ETH: EIP-55; nanopool's of protocols without capitals */
    {"ETH", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", V, I},
    {"ETH", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", V, I},
    {"ETH", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", V, I},
    {"ETH", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb", V, I},
    {"ETH", "0x52908400098527886E0F7030069857D2E4169EE7", U, U}, /* EIP-55's all capitals */
    {"ETH", "0xde709f2102306220921060314715629080e2fb77", U, U}, /* and all small */
    {"ETH", "0x0000000000000000000000000000000000000000", U, U},
    /* ERG: Bisq, ErgoTest.java; tests and examples in public repositories */
    {"ERG", "9fRAWhdxEsTcdb8PhGNrZfwqa65zfkuYHAMmkQLcic1gdLSV5vA", V, I},
    {"ERG", "9iJd9drp1KR3R7HLi7YmQbB5sJ5HFKZoPb5MxGepamggJs5vDHm", V, I},
    {"ERG", "9f4QF8AD1nQ3nJahQVkMj8hFSVVzVom77b52JU7EW71Zexg6N8v", V, I},
    {"ERG", "9f9q6Hs7vXZSQwhbrptQZLkTx15ApjbEkQwWXJqD2NpaouiigJQ", V, I},
    /* ALPH: Ralph's documentation; tests of tangem's SDK */
    {"ALPH", "1DrDyTr9RpRsQnDnXo2YRiPzPW4ooHX5LLoqXrqfMrpQH", U, U},
    {"ALPH", "151nWtRBoUVrLWf4ipX4uGjsTgNHob6aBeuWbE2eMBtm6", U, U},
    {"ALPH", "1HqAa1eHkqmXuSh7ECW6jF9ygZ2CMZYe1JthwcQ7NbgUe", U, U},
    /* CKB: tests of its SDKs and of wallets in public repositories */
    {"CKB", "ckb1qyqg64fqws0sdgrz2s7da2dzrlpq6plw9xcqhuexcr", V, I},
    {"CKB", "ckb1qyqrdsefa43s6m882pcj53m4gdnj4k440axqdt9rtd", V, I},
    {"CKB", "ckb1qzda0cr08m85hc8jlnfp3zer7xulejywt49kt2rr0vthywaa50xwsqfkcv576ccddnn4quf2ga65xee2m26h7nqmzxl9m", V, I},
    {"CKB", "ckb1qqklkz85v4xt39ws5dd2hdv8xsy4jnpe3envjzvddqecxr0mgvrksqgqkwvrdz5w6w2y372508q30rlnl30rzcccqq2pnflw", V, I},
    /* CFX: the test cases of CIP-37, in the alphabet that came into use (two are published in it) */
    {"CFX", "cfx:aarc9abycue0hhzgyrr53m6cxedgccrmmyybjgh4xg", V, I},
    {"CFX", "cfx:acc7uawf5ubtnmezvhu9dhc6sghea0403y2dgpyfjp", V, I},
    {"CFX", "cfx:aap6su0s2uz36x19hscp55sr6n42yr1yk6r2rx2eh7", V, I},
    {"CFX", "cfx:acckucyy5fhzknbxmeexwtaj3bxmeg25b2b50pta6v", V, I},
    {"CFX", "CFX:TYPE.USER:AARC9ABYCUE0HHZGYRR53M6CXEDGCCRMMYYBJGH4XG", V, I},
    /* KDA: keys of Kadena's documentation behind the k: of KIP-12 */
    {"KDA", "k:" KEY_1, U, U},
    {"KDA", "k:" KEY_2, U, U},
    {"KDA", "k:" KEY_3, U, U},
    /* XEL: the developers' address (DEV_ADDRESS of the node); tnn-miner; XelPool; a wallet's tests */
    {"XEL", "xel:vs3mfyywt0fjys0rgslue7mm4wr23xdgejsjk0ld7f2kxng4d4nqqnkdufz", V, I},
    {"XEL", "xel:xz9574c80c4xegnvurazpmxhw5dlg2n0g9qm60uwgt75uqyx3pcsqzzra9m", V, I},
    {"XEL", "xel:fjqn40v9q8ghystrnpzfczzuuylj9wdcs6gegqe76x970g3xy4kqq6gk3d4", V, I},
    {"XEL", "xel:qc3hdkmsc0nqks7jqz8cpnzv5c3ur7my6yy7ct6ulf5kuexv53pqqjlaht0", V, I},
    /* XCH: public repositories (pool and wallet tests) */
    {"XCH", "xch1zkc096dg5ee5j8gl3gxl7acxpk42zdyar2lra8r034m35c0yy8fqlhsyxh", V, I},
    {"XCH", "xch1a0t57qn6uhe7tzjlxlhwy2qgmuxvvft8gnfzmg5detg0q9f3yc3s2apz0h", V, I},
    {"XCH", "xch1mw5mhk3jukd6ds0cttzptqqzkqjujaepwhn94h4yukdu33jrrlmqkvap63", V, I},
    /* GRIN: wallets' tests in public repositories; generated */
    {"GRIN", "grin1q6qnz4y7chpmmjeazw59tcdhd5tejx00m96xdy5jkv30t4v6fnxqv9kwer", V, I},
    {"GRIN", "grin1qfwcptkank9xmqlmhnvpqls2fe242llcrj7zzndy0wqztlqa6pesjxw5uq", V, I},
    {"GRIN", "grin1epsycs6lm895zcm58gugfzawc8w6mr8pmd7szvs8qux99m0ffpdsm4szhl", V, I},
    /* NIM: Bisq, NimiqTest.java */
    {"NIM", "NQ09 VF5Y 1PKV MRM4 5LE1 55KV P6R2 GXYJ XYQF", V, I},
    {"NIM", "NQ19YG5446TXEHGQD2R2V8XAJX84UFG0S0MC", V, I},
    {"NIM", "NQ07 0000 0000 0000 0000 0000 0000 0000 0000", V, I},
};

/* Published as wrong, or near to an address. */
static const struct row wrong_rows[] = {
    /* BIP 173 and BIP 350: version 0 with bech32m, version 1 with bech32, program lengths, padding, mixed case */
    {"BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", I, N},
    {"BTC", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4", N, N},
    {"BTC", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", I, N},
    {"BTC", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", I, N},
    {"BTC", "bc1gmk9yu", N, N},
    {"BTC", "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du", I, N},
    {"BTC", "bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", N, N},
    {"BTC", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7", N, N}, /* a test network */
    /* an example of Grin's slatepacks that wallets' tests hold to be wrong */
    {"GRIN", "grin1p4fuklglxqsgg602hu4c4jl4aunu5tynyf4lkg96ezh3jefzpy6swshp5x", I, N},
    /* a test of an SDK; i is not in the alphabet */
    {"CKB", "ckb1qyqp8eqad7ffy42ezmchkjyz54rhcqf8q9pqrn323i", N, N},
    /* Bisq's tests of the coins above */
    {"NIM", "NQ08 VF5Y 1PKV MRM4 5LE1 55KV P6R2 GXYJ XYQF", I, N},
    {"NIM", "NQ62 VF5Y 1PKV MRM4 5LE1 55KV P6R2 GXYI XYQF", N, N},
    {"NIM", "NQ07 0000 0000 0000 0000 0000 0000 0000 000", N, N},
    {"NIM", "NQ09  VF5Y 1PKV MRM4 5LE1 55KV P6R2 GXYJ XYQF", N, N},
    {"LTC", "MGEW4aba3tnrVtVhGcmoqqHaLt5ymPSLPW", I, N},
    {"LTC", "LgfapHEPhZbRF9pMd5WPT35hFXcZS1USrW#", N, N},
    {"DASH", "XnaJzoAKTNa67Fpt1tLxD5bFMcyN4tCvTTd", N, N},
    {"ARQ", "aRV3V2hXuVAGAb5XWcDvN7McsSyqrEZ3XWyfMdEDCqioWNmVUuoKyNxDo7rwPCg55Ugb6KHXLN7hLZEGcnZzbm8M7uJ9YdVpeN", N, N},
    {"ERG", "afRAWhdxEsTcdb8PhGNrZfwqa65zfkuYHAMmkQLcic1gdLSV5vA", N, N},
    /* a fork's without its prefix is right; when it is wrong it may be anyone's, and Kaspa is said */
    {"KLS", "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqu3v2qv4j", V, N},
    {"KAS", "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqu3v2qv4q", I, N},
    /* no addresses */
    {NULL, "", N, N},
    {NULL, KEY_1, N, N}, /* only the protocol says what a bare key is */
    {NULL, "0x9c99d212f7e5daa18ab50810e0fd255d1f04303", N, N},
    {NULL, "0X52908400098527886E0F7030069857D2E4169EE7", N, N},
    {NULL, "k:961fd95b190aeb38850754fee81b42486d140e44", N, N},
    {NULL, "1a79a4d6de718e8e5b326e338ae533", N, N}, /* hexadecimal, not base 58 with small letters only */
    {NULL, "3f2a41c8b6d9e7f1a5c3b2d4e6f8a1b3", N, N},
    {NULL, "someone.with.a.long.name.and.rig7", N, N},
    {NULL, ":qqs7krzzwqfgk9kf830smtzg64s9rf3r0khfj76cjynf2pfgrr35saatu88xq", N, N},
    {NULL, "cfx:net.user:aarc9abycue0hhzgyrr53m6cxedgccrmmyybjgh4xg", N, N},
};

static void check_row(const struct row *r)
{
    struct wallet w = wallet_of(view_str(r->text));
    const char *coin = r->check == N ? NULL : r->coin;
    char kind[32] = "";

    if (w.check != r->check)
        fail_msg("%s: %d", r->text, (int)w.check);
    assert_true(view_eq(w.address, view_str(r->text)));
    if (!coin) {
        assert_null(w.coin);
        assert_null(w.kind);
        return;
    }
    assert_string_equal(w.coin, coin);
    for (size_t i = 0; coin[i]; i++)
        kind[i] = (char)(coin[i] | 0x20); /* tickers are capital letters */
    memcpy(kind + strlen(coin), "-address", sizeof("-address"));
    assert_string_equal(w.kind, kind);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_row(&rows[i]);
    for (size_t i = 0; i < ARRAY_LEN(wrong_rows); i++)
        check_row(&wrong_rows[i]);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The same kind of character: digit, small or capital letter. */
static bool is_alike(char a, char b)
{
    if (is_digit(a) || is_digit(b))
        return is_digit(a) && is_digit(b);
    return a != ' ' && a != ':' && b != ' ' && b != ':' && (a & 0x20) == (b & 0x20);
}

static void check_broken(const struct row *r, const char *text, const char *how)
{
    struct wallet w = wallet_of(view_str(text));

    if (w.check != r->wrong || (r->wrong == I && strcmp(w.coin, r->coin) != 0))
        fail_msg("%s %s: %d", text, how, (int)w.check);
}

/* In the second half of each, where no form is told apart: each character as another of the address, neighbours swapped. */
static void test_broken(void **state)
{
    size_t n_changed = 0, n_swapped = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *r = &rows[i];
        size_t n = strlen(r->text);
        char text[WALLET_MAX + 1];

        for (size_t at = n / 2; r->check == V && at < n; at++) {
            for (size_t other = n / 2; other < n; other++) {
                memcpy(text, r->text, n + 1);
                if (text[at] == r->text[other] || !is_alike(text[at], r->text[other]))
                    continue;
                text[at] = r->text[other];
                check_broken(r, text, "changed");
                n_changed++;
            }
            memcpy(text, r->text, n + 1);
            if (text[at] == text[at - 1] || !is_alike(text[at], text[at - 1]))
                continue;
            text[at] = r->text[at - 1];
            text[at - 1] = r->text[at];
            check_broken(r, text, "swapped");
            n_swapped++;
        }
    }
    assert_true(n_changed > 20000 && n_swapped > 1000);
}

/* Any start of an address, in memory of exactly its size, is no right one; nor is one with more behind it. */
static void test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t n = strlen(rows[i].text);

        for (size_t len = 0; len < n; len++) {
            uint8_t *copy = malloc(len ? len : 1);

            assert_non_null(copy);
            memcpy(copy, rows[i].text, len);
            if (wallet_of(view_of(copy, len)).check == V)
                fail_msg("%.*s", (int)len, rows[i].text);
            free(copy);
        }
    }
}

static void test_longer(void **state)
{
    char text[WALLET_MAX + 2];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t n = strlen(rows[i].text);

        memcpy(text, rows[i].text, n);
        for (const char *more = "1qazQZ0."; *more; more++) {
            text[n] = *more;
            assert_int_not_equal(wallet_of(view_of(text, n + 1)).check, V);
        }
    }
    memset(text, 'z', sizeof(text));
    assert_int_equal(wallet_of(view_of(text, sizeof(text))).check, N);
    memset(text, '1', sizeof(text));
    assert_int_equal(wallet_of(view_of(text, WALLET_MAX)).check, N);
}

/* No byte of an address may be one outside of its alphabet. */
static void test_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t n = strlen(rows[i].text);
        char text[WALLET_MAX + 1];

        for (size_t at = 0; at < n; at++) {
            memcpy(text, rows[i].text, n + 1);
            for (int byte = 0; byte < 256; byte += byte == ' ' - 1 ? 96 : 1) {
                text[at] = (char)byte;
                assert_int_equal(wallet_of(view_of(text, n)).check, N);
            }
        }
    }
}

/* Iron Fish: any key. Beam: Bisq, BeamTest.java, and one with leading zeros left out. */
static void test_keys(void **state)
{
    static const char *const beam[] = {
        "4a0e54b24d5fdf06891a8eaa57b4b3ac16731e932a64da8ec768083495d624f1",
        "c7776e6d3fd3d9cc66f9e61b943e6d99473b16418ee93f3d5f6b70824cdb7f0a9",
        "4a0e54b24d5fdf06891a8eaa57b4b3ac16731e932a64da8ec768083495d62",
    };
    static const char *const keys[] = {KEY_1, KEY_2, KEY_3};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct wallet w = wallet_of_iron_fish(view_str(keys[i]));

        assert_int_equal(w.check, U);
        assert_string_equal(w.coin, "IRON");
        assert_string_equal(w.kind, "iron-address");
    }
    assert_int_equal(wallet_of_iron_fish(view_str(KEY_1 "0")).check, N);
    assert_int_equal(wallet_of_iron_fish(view_of(KEY_1, 63)).check, N);
    assert_int_equal(wallet_of_iron_fish(view_str("k:" KEY_1)).check, N);
    assert_null(wallet_of_iron_fish(view_str("x")).coin);
    assert_string_equal(wallet_of_beam(view_str(beam[0])).kind, "beam-address");
    assert_string_equal(wallet_of_beam(view_str(beam[1])).coin, "BEAM");
    assert_int_equal(wallet_of_beam(view_str(beam[1])).check, U);
    assert_int_equal(wallet_of_beam(view_str(beam[2])).check, N); /* 61 */
    assert_int_equal(wallet_of_beam(view_str("4a0e54b24d5fdf06891a8eaa57b4b3ac16731e932a64da8ec768083495d624fz")).check, N);
    assert_int_equal(wallet_of_beam(view_str(KEY_1 "123456789")).check, N); /* 73 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_broken), cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_longer), cmocka_unit_test(test_bytes),  cmocka_unit_test(test_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
