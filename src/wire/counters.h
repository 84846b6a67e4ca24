/*
 * counters.h - what the wire decoders saw, refused and found malformed.
 *
 * One table gives the struct and the words of the closing summary.
 */
#ifndef WIRE_COUNTERS_H
#define WIRE_COUNTERS_H

#include <stdint.h>

/* X(field, what a person reads). The refusals come last, from refused_linktype on. */
#define WIRE_COUNTERS(X)                                                             \
    X(tcp, "TCP segments")                                                           \
    X(udp, "UDP datagrams")                                                          \
    X(other_ip, "IP packets of other protocols")                                     \
    X(not_ip, "frames that are not IP")                                              \
    X(truncated, "packets captured in part")                                         \
    X(fragments, "IP fragments")                                                     \
    X(fragments_joined, "datagrams put together from fragments")                     \
    X(vxlan, "VXLAN packets")                                                        \
    X(geneve, "GENEVE packets")                                                      \
    X(gre, "GRE packets")                                                            \
    X(erspan, "ERSPAN packets")                                                      \
    X(ipip, "IP-in-IP packets")                                                      \
    X(gtp, "GTP-U packets")                                                          \
    X(l2tp, "L2TP packets")                                                          \
    X(teredo, "Teredo packets")                                                      \
    X(mpls, "MPLS packets")                                                          \
    X(ppp, "PPP packets")                                                            \
    X(wlan, "802.11 data frames")                                                    \
    X(fragments_lost, "fragmented datagrams given up (a piece missing, or no room)") \
    X(malformed_link, "frames with a malformed link header")                         \
    X(malformed_ip, "packets with a malformed IP header")                            \
    X(malformed_transport, "packets with a malformed TCP or UDP header")             \
    X(malformed_fragment, "malformed IP fragments")                                  \
    X(malformed_vxlan, "packets to the VXLAN port that are not VXLAN")               \
    X(malformed_geneve, "packets to the GENEVE port that are not GENEVE")            \
    X(malformed_gre, "malformed GRE or ERSPAN packets")                              \
    X(malformed_gtp, "packets to the GTP-U port that are not GTP-U")                 \
    X(malformed_l2tp, "packets to the L2TP port that are not L2TP")                  \
    X(malformed_teredo, "packets to the Teredo port that are not Teredo")            \
    X(malformed_mpls, "malformed MPLS packets")                                      \
    X(malformed_ppp, "malformed PPP or PPPoE packets")                               \
    X(malformed_wlan, "malformed 802.11 frames")                                     \
    X(refused_linktype, "frames of a link type that is not decoded")                 \
    X(refused_depth, "packets with more than 4 encapsulations or too many headers")  \
    X(refused_gre, "GRE packets of a kind that is not decoded")                      \
    X(refused_l2tp3, "L2TP packets of version 3")                                    \
    X(refused_esp, "ESP packets (encrypted)")                                        \
    X(refused_wlan, "encrypted 802.11 frames, and aggregates")                       \
    X(refused_inner, "tunnelled packets of another kind than Ethernet or IP")

struct wire_counters {
#define X(field, text) uint64_t field;
    WIRE_COUNTERS(X)
#undef X
};

#endif
