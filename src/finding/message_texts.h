/*
 * message_texts.h - every text that findings and their outputs say to a person, in each language. The only place for such texts.
 *
 *   MESSAGE(NAME, english, japanese)           a sentence, or a part of one
 *   DETAIL(KIND, english, japanese)            what evidence of this kind saw
 *   FALSIFIED(KIND, english, japanese)         what else could have caused it
 *
 * Whoever includes this defines those of the three that it wants.
 *
 * {word} is a value, or a part that is said only when there is something to say: say_words.c and say_owner.c have the words, and
 * each language of a message has the same ones. {n|share|shares} is the first form when the number n is 1, else the second.
 * A part that may be missing brings its own blank or comma. English: plain sentences, no articles left out. Japanese: titles, details
 * and headings end in a noun; sentences of summaries and advice in desu or masu. A blank of a Japanese text is where Japanese and Latin
 * letters or digits may meet: say_finish leaves it out where they do not. A text that is missing in one language does not compile.
 */

#ifndef MESSAGE
#define MESSAGE(name, en, ja)
#endif
#ifndef DETAIL
#define DETAIL(kind, en, ja)
#endif
#ifndef FALSIFIED
#define FALSIFIED(kind, en, ja)
#endif

/* Titles. */
MESSAGE(TITLE_MINES_COIN, "{miner}{whose} mines {coin} at {pool}{for_login}",
        "{miner}{whose} が {pool} で {coin} をマイニング{for_login}")
MESSAGE(TITLE_MINES, "{miner}{whose} mines at {pool}{for_login}", "{miner}{whose} が {pool} でマイニング{for_login}")
MESSAGE(TITLE_REFUSED, "{miner}{whose} tries in vain to log in to the mining pool {pool}{as_login}",
        "{miner}{whose} がマイニングプール {pool} へのログインに失敗{as_login}")
MESSAGE(TITLE_OPENS, "{miner}{whose} opens a mining session with {pool}{as_login}",
        "{miner}{whose} が {pool} とマイニングセッションを開始{as_login}")
MESSAGE(TITLE_NODE, "{miner}{whose} speaks {network}", "{miner}{whose} が {network}で通信")
MESSAGE(TITLE_ASKED, "{miner}{whose} asked for {names}, {row_kind}", "{miner}{whose} が {names} を名前解決: {row_kind}")
MESSAGE(TITLE_CONNECTED, "{miner}{whose} connected to {names}, {row_kind}", "{miner}{whose} が {names} に接続: {row_kind}")
MESSAGE(TITLE_SERVICE, "{miner_endpoint}{whose} hands out mining work to {members} {members|machine|machines}",
        "{miner_endpoint}{whose} が {members} 台のマシンにマイニングジョブを配布")
MESSAGE(TITLE_SCAN, "{miner}{whose} tried {members} {members|mining pool|mining pools} in search of work",
        "{miner}{whose} がジョブを求めて {members} 件のマイニングプールに接続")
MESSAGE(TITLE_CAMPAIGN_COIN, "{members} {members|machine|machines} mine {coin} for {login_short}",
        "{members} 台のマシンが {coin} をマイニング（支払先 {login_short}）")
MESSAGE(TITLE_CAMPAIGN, "{members} {members|machine|machines} mine for {login_short}",
        "{members} 台のマシンがマイニング（支払先 {login_short}）")
MESSAGE(FOR_LOGIN, " for {login_short}", "（支払先 {login_short}）")
MESSAGE(AS_LOGIN, " as {login_short}", "（ログイン名 {login_short}）")
MESSAGE(WHOSE, " ({owner})", "（{owner}）")

/* The kinds of rows of the feeds. */
MESSAGE(ROW_POOL, "a mining pool", "マイニングプール")
MESSAGE(ROW_PROXY, "a proxy of mining pools", "マイニングプールのプロキシ")
MESSAGE(ROW_NICEHASH, "a market for hash rate", "ハッシュレート取引所")
MESSAGE(ROW_DEAD, "a mining pool that is gone", "閉鎖されたマイニングプール")
MESSAGE(ROW_WEBMINER, "a service for mining in browsers", "ブラウザー内マイニングサービス")
MESSAGE(ROW_MALWARE, "malware that mines", "マイニングを行うマルウェア")
MESSAGE(ROW_NODE, "a coin's own network, no pool", "プールではない暗号資産ネットワーク")
MESSAGE(ROW_NOTHING, "nothing", "対象外")
MESSAGE(ROW_COINS, " ({row_coins})", "（{row_coins}）")
MESSAGE(ROW_COINS_CUT, " ({row_coins} …)", "（{row_coins} …）")

/* Dialects; enum mining_protocol has the order. */
MESSAGE(DIALECT_UNKNOWN, "a stratum dialect", "Stratum 系プロトコル")
MESSAGE(DIALECT_STRATUM_V1, "Stratum v1", "Stratum v1")
MESSAGE(DIALECT_CRYPTONOTE, "the CryptoNote dialect", "CryptoNote プロトコル")
MESSAGE(DIALECT_ETH_PROXY, "eth-proxy", "eth-proxy")
MESSAGE(DIALECT_EQUIHASH, "Equihash stratum", "Equihash の Stratum")
MESSAGE(DIALECT_ETH_STRATUM_1, "EthereumStratum 1.0", "EthereumStratum 1.0")
MESSAGE(DIALECT_ETH_STRATUM_2, "EthereumStratum 2.0", "EthereumStratum 2.0")
MESSAGE(DIALECT_KAWPOW, "KawPoW stratum", "KawPoW の Stratum")
MESSAGE(DIALECT_ERGO, "Ergo's stratum", "Ergo の Stratum")
MESSAGE(DIALECT_KASPA, "Kaspa's stratum", "Kaspa の Stratum")
MESSAGE(DIALECT_ALEPHIUM, "Alephium's stratum", "Alephium の Stratum")
MESSAGE(DIALECT_IRONFISH, "Iron Fish's stratum", "Iron Fish の Stratum")
MESSAGE(DIALECT_GRIN, "Grin's stratum", "Grin の Stratum")
MESSAGE(DIALECT_BEAM, "Beam's stratum", "Beam の Stratum")
MESSAGE(DIALECT_GETWORK, "getwork over HTTP", "HTTP 上の getwork")
MESSAGE(DIALECT_GETBLOCKTEMPLATE, "getblocktemplate over HTTP", "HTTP 上の getblocktemplate")
MESSAGE(DIALECT_DAEMON_RPC, "XMRig's daemon mode", "XMRig のデーモンモード")
MESSAGE(DIALECT_STRATUM_V2, "Stratum V2", "Stratum V2")
MESSAGE(DIALECT_P2POOL, "p2pool", "p2pool")
MESSAGE(DIALECT_WEB_CRYPTONOTE, "a web miner's dialect", "ウェブマイナーのプロトコル")
MESSAGE(DIALECT_NIMIQ, "Nimiq's pool dialect", "Nimiq のプールプロトコル")
MESSAGE(DIALECT_CHIA, "Chia's pool dialect", "Chia のプールプロトコル")

/* Spans of time; {a} and {b} are numbers. */
MESSAGE(SPAN_MS, "{a} ms", "{a}ミリ秒")
MESSAGE(SPAN_S, "{a} s", "{a}秒")
MESSAGE(SPAN_MIN, "{a} min {b} s", "{a}分{b}秒")
MESSAGE(SPAN_H, "{a} h {b} min", "{a}時間{b}分")
MESSAGE(SPAN_D, "{a} d {b} h", "{a}日{b}時間")

/* Summaries of mining. */
MESSAGE(SPOKE_AGENT, "{agent} on {miner} spoke {dialect} with {pool_place} for {span}{in_flows}{logged_in}.",
        "{miner} 上の {agent} が {pool_place} と {dialect} で {span}にわたり通信しました{in_flows}。{logged_in}")
MESSAGE(SPOKE, "{miner} spoke {dialect} with {pool_place} for {span}{in_flows}{logged_in}.",
        "{miner} が {pool_place} と {dialect} で {span}にわたり通信しました{in_flows}。{logged_in}")
MESSAGE(POOL_NAMED, "{host} ({pool_endpoint})", "{host}（{pool_endpoint}）")
MESSAGE(IN_FLOWS, " in {flows} connections", "（接続 {flows} 件）")
MESSAGE(LOGGED_IN, ", logged in as {login}{other_logins}", "{login}{other_logins} としてログインしています。")
MESSAGE(LOGIN_REFUSED, ", refused as {login}{other_logins}", "{login}{other_logins} としてのログインは拒否されました。")
MESSAGE(OTHER_LOGINS, " and {logins_more} other {logins_more|login|logins}", "（ほか {logins_more} 件）")
MESSAGE(WORK, "{jobs} {jobs|job|jobs} received, {shares} {shares|share|shares} submitted{answered}{terms}.",
        "ジョブ {jobs} 件を受信し、シェア {shares} 件を提出しました{answered}。{terms}")
MESSAGE(ANSWERED, ", {accepted} accepted, {rejected} rejected", "（承認 {accepted} 件、拒否 {rejected} 件）")
MESSAGE(TERMS, "; algorithm {algorithm}; difficulty {difficulty}", "アルゴリズムは {algorithm}、難易度は {difficulty} です。")
MESSAGE(TERMS_ALGORITHM, "; algorithm {algorithm}", "アルゴリズムは {algorithm} です。")
MESSAGE(TERMS_DIFFICULTY, "; difficulty {difficulty}", "難易度は {difficulty} です。")
MESSAGE(RATE, "About {rate}, give or take {rate_error} %.", "ハッシュレートは約 {rate} です（誤差 ±{rate_error} %）。")
MESSAGE(RATE_AND_CLAIM, "About {rate}, give or take {rate_error} %; the miner claims {claimed_rate}.",
        "ハッシュレートは約 {rate} です（誤差 ±{rate_error} %、マイナーの申告は {claimed_rate}）。")
MESSAGE(CLAIM, "The miner claims {claimed_rate}.", "マイナーが申告するハッシュレートは {claimed_rate} です。")
MESSAGE(TAG, "The pool signs its blocks as {tag}.", "プールはブロックに {tag} と署名しています。")
MESSAGE(REASON, "The pool's newest refusal: {reason}.", "プールが最後に示した拒否理由: {reason}。")
MESSAGE(MIDSTREAM, "The start of the connection was not captured.", "接続の開始部分はキャプチャされていません。")
MESSAGE(ONE_SIDED, "Only one side's packets were captured, and nothing shows that the other side answers.",
        "片方向のパケットしかキャプチャされておらず、相手側の応答を示すものもありません。")
MESSAGE(TRUNCATED, "{truncated} {truncated|packet|packets} captured in part.",
        "一部しかキャプチャされていないパケットが {truncated} 個あります。")
MESSAGE(GAPS, "{gaps} {gaps|gap|gaps} in the stream.", "ストリームに {gaps} か所の欠落があります。")
MESSAGE(ALLOWED, "Closed, because it is allowed: {allow_reason}, {allow_place}.",
        "許可されているため終了しました: {allow_reason}（{allow_place}）。")

/* Summaries of names and nodes. */
MESSAGE(NAME_ALIAS, "{asked}, which leads to {name}", "{asked}（参照先 {name}）")
MESSAGE(NAME, "{name}", "{name}")
MESSAGE(OTHER_NAMES, " and {names_more} other {names_more|name|names}", "（ほか {names_more} 件）")
MESSAGE(
    LOOKUP, "{miner} asked {server}{times} for {names}{other_names}, listed as {row_kind}: list {list}, line {line}, {entry}.",
    "{miner} が {names}{other_names} を {server} に {times}問い合わせました。この名前は {row_kind}として登録されています（リスト {list}、{line} 行目、{entry}）。")
MESSAGE(RESOLVER, "the resolver", "リゾルバー")
MESSAGE(TIMES, " {count} times", "{count} 回")
MESSAGE(ANSWER, "The newest answer: {answer}.", "最後の応答: {answer}。")
/* Answers that are no addresses, in English as detect/names.c writes them. */
MESSAGE(ANSWER_BLOCKED, "blocked by the resolver's firewall", "リゾルバーのファイアウォールによる遮断")
MESSAGE(ANSWER_NO_NAME, "no such name", "名前が存在しない")
MESSAGE(ANSWER_REFUSED, "refused", "拒否")
MESSAGE(ANSWER_FAILED, "the server failed", "サーバーの障害")
MESSAGE(ANSWER_MORE, " and {a} more", "、ほか {a} 件")
MESSAGE(NO_ANSWER, "No answer was captured.", "応答はキャプチャされていません。")
MESSAGE(LOOKUP_LEAD, "A lookup is a lead: by itself it does not show that anything mines.",
        "名前解決は手掛かりであり、それだけではマイニングの証拠になりません。")
MESSAGE(
    CONTACT,
    "{miner} connected{contact_times} to {names}{other_names}, listed as {row_kind}: list {list}, line {line}, {entry}.",
    "{miner} が {names}{other_names} に {contact_times}接続しました。この名前は {row_kind}として登録されています（リスト {list}、{line} 行目、{entry}）。")
MESSAGE(CONTACT_TIMES, " {flows} times", "{flows} 回")
MESSAGE(CONTACT_NEWEST, "The newest connection went to {pool_endpoint}, which the name led to.",
        "最後の接続先は、この名前が指す {pool_endpoint} です。")
MESSAGE(CONTACT_ONLY, "The connection went to {pool_endpoint}, which the name led to.",
        "接続先は、この名前が指す {pool_endpoint} です。")
MESSAGE(CONTACT_ONE_SIDED, "Only one side's packets were captured.", "片方向のパケットしかキャプチャされていません。")
MESSAGE(
    CONTACT_LEAD, "Nothing that was said there is known to be mining: it may be encrypted, or a look at the pool's web site.",
    "通信内容がマイニングであることは確認できていません。暗号化されているか、プールのウェブサイトの閲覧である可能性があります。")
MESSAGE(
    NODE, "{miner} spoke {network}{node_times} with {server_endpoint}. A node or a wallet: this is no mining.",
    "{miner} が {server_endpoint} と {network}で通信しました{node_times}。ノードまたはウォレットであり、マイニングではありません。")
MESSAGE(
    NODE_AGENT, "{agent} on {miner} spoke {network}{node_times} with {server_endpoint}. A node or a wallet: this is no mining.",
    "{miner} 上の {agent} が {server_endpoint} と {network}で通信しました{node_times}。ノードまたはウォレットであり、マイニングではありません。")
MESSAGE(NODE_TIMES, " in {node_records} connections, the newest", "（接続 {node_records} 件のうち最後のもの）")
MESSAGE(NETWORK, "the peer protocol of the network of {row_coin}", "{row_coin} ネットワークのピアプロトコル")
MESSAGE(NETWORK_ANY, "the peer protocol of a coin's network", "暗号資産ネットワークのピアプロトコル")

/* Summaries of what many connections show together. */
MESSAGE(
    SERVICE,
    "{miner}, which is inside, listens on port {miner_port} and hands out mining work to {member_list}, in {dialect}, in {flows} "
    "{flows|connection|connections} within {span}: {jobs} {jobs|job|jobs} handed out, {shares} {shares|share|shares} submitted, "
    "{accepted} accepted, {rejected} rejected.",
    "内部のホスト {miner} がポート {miner_port} で待ち受け、{member_list}に {dialect} でマイニングジョブを配布しています。{span}の間に接続 {flows} 件があり、"
    "配布されたジョブは {jobs} 件、提出されたシェアは {shares} 件です（承認 {accepted} 件、拒否 {rejected} 件）。")
MESSAGE(SERVICE_UPSTREAM, "It mines itself at {pool_endpoint}.", "このホスト自身は {pool_endpoint} でマイニングしています。")
MESSAGE(SERVICE_NO_UPSTREAM, "Where its work comes from was not seen.", "ジョブの入手元は確認できていません。")
MESSAGE(
    SCAN,
    "{miner} spoke to {members} {members|pool|pools}, newest in {dialect}, in {flows} {flows|connection|connections} within {span}, "
    "and got no work, but from those that have findings of their own: it looks for pools, or its own fail.",
    "{miner} が {span}の間に {flows} 件の接続で {members} 件のプールと通信しましたが（最後は {dialect}）、個別に検知されたものを除き、ジョブを得ていません。"
    "プールを探しているか、使っているプールがすべて機能していません。")
MESSAGE(SCAN_AGENT, "It calls itself {agent}.", "{agent} と名乗っています。")
MESSAGE(
    CAMPAIGN_COIN,
    "{member_list} mine {coin} for the wallet {login}{at_pools}, within {span}: {shares} {shares|share|shares} submitted, {accepted} "
    "accepted, {rejected} rejected. Each has a finding of its own.",
    "{member_list}がウォレット {login} のために {coin} をマイニングしています{at_pools}。{span}の間に提出されたシェアは {shares} 件です（承認 {accepted} 件、拒否 {rejected} 件）。"
    "マシンごとに個別の検知があります。")
MESSAGE(
    CAMPAIGN,
    "{member_list} mine for the wallet {login}{at_pools}, within {span}: {shares} {shares|share|shares} submitted, {accepted} accepted, "
    "{rejected} rejected. Each has a finding of its own.",
    "{member_list}がウォレット {login} のためにマイニングしています{at_pools}。{span}の間に提出されたシェアは {shares} 件です（承認 {accepted} 件、拒否 {rejected} 件）。"
    "マシンごとに個別の検知があります。")
MESSAGE(AT_ONE_POOL, ", all at {pool_endpoint}", "（接続先はすべて {pool_endpoint}）")
MESSAGE(AT_SEVERAL_POOLS, ", at several pools", "（接続先は複数のプール）")
MESSAGE(CAMPAIGN_ONE_SIDED, "Of fewer than three of them both directions were seen.",
        "双方向の通信を確認できたマシンは 3 台未満です。")
MESSAGE(MEMBERS, "{members} {members|machine|machines}", "{members} 台のマシン")
MESSAGE(MEMBERS_LISTED, "{members} {members|machine|machines} ({addresses})", "{members} 台のマシン（{addresses}）")
MESSAGE(LIST_NEXT, ", ", "、")

/* Whose machine it is. {runs} says also when that is a guess. */
MESSAGE(RUNS, "runs", "動作しています")
MESSAGE(MAY_RUN, "may run", "動作している可能性があります")
MESSAGE(IS, "is", "です")
MESSAGE(MAY_BE, "may be", "である可能性があります")
MESSAGE(OWNER_TASK, "{miner} {runs} {in_container}ECS task {task}{of_definition}{in_cluster}{on_interface}{in_account}.",
        "{miner} は {in_cluster} ECS タスク {task}{of_definition} {in_container} で{runs}{on_interface}。{in_account}")
MESSAGE(OWNER_POD, "{miner} {runs} {in_container}pod {pod}{pod_owner}{on_node}{in_account}.",
        "{miner} は {on_node} Pod {pod}{pod_owner} {in_container} で{runs}。{in_account}")
MESSAGE(OWNER_INSTANCE, "{miner} {runs} on instance {instance}{of_type}{on_interface}{in_account}.",
        "{miner} はインスタンス {instance}{of_type} 上で{runs}{on_interface}。{in_account}")
MESSAGE(OWNER_NODE, "{miner} {is} the Kubernetes node {node}{in_account}.",
        "{miner} は Kubernetes ノード {node} {is}。{in_account}")
MESSAGE(OWNER_INTERFACE, "{miner} {is} the address of {eni}{in_account}.", "{miner} は {eni} のアドレス{is}。{in_account}")
MESSAGE(OWNER_VPC, "{miner} {is} an address of {vpc}{in_account}.", "{miner} は {vpc} のアドレス{is}。{in_account}")
MESSAGE(OWNER_ACCOUNT, "{miner} {is} an address of {account}.", "{miner} は {account} のアドレス{is}。")
MESSAGE(IN_CONTAINER, "in container {container}{image} of ", "のコンテナー {container}{image}")
MESSAGE(IN_A_CONTAINER, "in one of the containers {containers} of ", "のコンテナー {containers} のいずれか")
MESSAGE(IN_UNKNOWN, "in ", " ")
MESSAGE(IMAGE, " (image {image_name})", "（イメージ {image_name}）")
MESSAGE(IMAGE_DIGEST, " (image {image_name}, {digest})", "（イメージ {image_name}、{digest}）")
MESSAGE(IMAGE_ONLY_DIGEST, " (image {digest})", "（イメージ {digest}）")
MESSAGE(OF_DEFINITION, " (task definition {definition})", "（タスク定義 {definition}）")
MESSAGE(IN_CLUSTER, " in cluster {cluster}", "クラスター {cluster} の")
MESSAGE(ON_INTERFACE, ", on {eni}", "（{eni}）")
MESSAGE(ON_INSTANCE, ", on instance {instance}", "（インスタンス {instance}）")
MESSAGE(ON_BOTH, ", on {eni} of instance {instance}", "（インスタンス {instance} の {eni}）")
MESSAGE(OF_TYPE, " ({instance_type})", "（{instance_type}）")
MESSAGE(ON_NODE, " on node {node}", "ノード {node} の")
MESSAGE(POD_OWNER, " of {owner_kind} {owner_name}", "（{owner_kind} {owner_name}）")
MESSAGE(IN_ACCOUNT, ", {account}", "所属は {account} です。")
MESSAGE(ACCOUNT, "account {account_id}", "アカウント {account_id}")
MESSAGE(ACCOUNT_REGION, "account {account_id} in {region}", "{region} のアカウント {account_id}")
MESSAGE(REGION, "region {region}", "リージョン {region}")
MESSAGE(OWNER_PROCESS, "The process is {process} (PID {pid}{exe}){started_by}.",
        "プロセスは {process}（PID {pid}{exe}）です{started_by}。")
MESSAGE(EXE, ", {exe_path}", "、{exe_path}")
MESSAGE(STARTED_BY, ", started by {parents}", "（起動元 {parents}）")
MESSAGE(UNNAMED, "one without a name", "名前不明のもの")
MESSAGE(GUESS_SEVERAL, "This is a guess: {candidates_total} {candidates_total|owner|owners} would fit, {candidates}.",
        "所有者は推定です。候補は {candidates_total} 件あります: {candidates}。")
MESSAGE(
    GUESS_SEVERAL_OLD,
    "This is a guess: the inventory is {age} older than the newest packet, and {candidates_total} {candidates_total|owner|owners} would "
    "fit, {candidates}.",
    "所有者は推定です。インベントリーは最後のパケットより {age}古く、候補は {candidates_total} 件あります: {candidates}。")
MESSAGE(GUESS_OLD, "This is a guess: the inventory is {age} older than the newest packet.",
        "所有者は推定です。インベントリーが最後のパケットより {age}古いためです。")
MESSAGE(GUESS, "This is a guess: the inventory does not say enough to be certain.",
        "所有者は推定です。インベントリーの情報だけでは確定できません。")
MESSAGE(CANDIDATE, "{candidate_kind} {candidate_id}", "{candidate_kind} {candidate_id}")
MESSAGE(CANDIDATE_WHAT, "{candidate_kind} {candidate_id} ({candidate_what})",
        "{candidate_kind} {candidate_id}（{candidate_what}）")
MESSAGE(LIST_MORE, ", …", "、…")

/* Where the pool stands. */
MESSAGE(PLACE, "The pool's address is in {country}.", "プールのアドレスの所在地は {country} です。")
MESSAGE(PLACE_NETWORK, "The pool's address is in {country}, {network_of_pool}.",
        "プールのアドレスの所在地は {country}、所属は {network_of_pool} です。")
MESSAGE(POOL_NETWORK, "The pool's address is of {network_of_pool}.", "プールのアドレスの所属は {network_of_pool} です。")
MESSAGE(AS_NUMBER, "AS{asn}", "AS{asn}")
MESSAGE(AS_NUMBER_NAMED, "AS{asn} {organization}", "AS{asn} {organization}")
MESSAGE(COUNTRY, "{country_code}", "{country_code}")
MESSAGE(COUNTRY_CITY, "{city}, {country_code}", "{country_code} の {city}")

/*
 * Advice. That the interface of an ECS task can be given no other security group is so because ECS manages it: only the rules of the
 * group, or the network ACL of the subnet, can be changed.
 */
MESSAGE(ADVISE_ALLOWED, "Nothing to do: a row of the site lists allows it.",
        "対応は不要です。サイトの許可リストで許可されています。")
MESSAGE(ADVISE_GUESS, "Make sure first whose the address is: the owner that is named is a guess.",
        "示された所有者は推定であるため、まずアドレスの所有者を確認してください。")
MESSAGE(ADVISE_ONE_SIDED, "Make sure first that the machine really talks to the pool: only one side was seen.",
        "片方向の通信しか確認できていないため、まずこのマシンが実際にプールと通信しているかを確認してください。")
MESSAGE(
    CONTAIN_POD,
    "Cordon the node, and cut the pod off with a NetworkPolicy that denies all egress; do not delete the pod before its files, processes "
    "and logs are saved.",
    "ノードを cordon し、すべての送信を拒否する NetworkPolicy で Pod を隔離してください。ファイル、プロセス、ログを保全するまで Pod は削除しないでください。")
MESSAGE(
    CONTAIN_FARGATE,
    "Deny the task all egress, in the rules of its security group or in the network ACL of its subnet; Fargate leaves no disk to keep, so "
    "save what the running task shows, with its definition and its logs, before it is stopped.",
    "セキュリティグループのルールまたはサブネットのネットワーク ACL で、タスクからの送信をすべて拒否してください。Fargate ではディスクを保全できないため、"
    "実行中のタスクから得られる情報、タスク定義、ログを保存してから停止してください。")
MESSAGE(
    CONTAIN_TASK,
    "Deny the task all egress, in the rules of its security group or in the network ACL of its subnet. Save its files, processes and logs "
    "before the task is stopped, and keep the instance, with snapshots of its volumes.",
    "セキュリティグループのルールまたはサブネットのネットワーク ACL で、タスクからの送信をすべて拒否してください。ファイル、プロセス、ログを保存してからタスクを停止し、"
    "インスタンスとそのボリュームのスナップショットは残してください。")
MESSAGE(
    CONTAIN_INSTANCE,
    "Give the instance a security group without egress, and save its memory and snapshots of its volumes before it is stopped.",
    "送信を許可しないセキュリティグループにインスタンスを移し、停止する前にメモリーとボリュームのスナップショットを保存してください。")
MESSAGE(CONTAIN_HOST,
        "Cut the machine off from the network, and save its memory and an image of its disk before it is stopped or cleaned.",
        "マシンをネットワークから切り離し、停止や駆除を行う前にメモリーとディスクイメージを保存してください。")
MESSAGE(ROTATE_POD, "Rotate what it could use: the token of {service_account}, and its secrets.",
        "利用できた認証情報（{service_account} のトークン、シークレット）をローテーションしてください。")
MESSAGE(SERVICE_ACCOUNT, "the service account {service_account_name}", "サービスアカウント {service_account_name}")
MESSAGE(SERVICE_ACCOUNT_ANY, "its service account", "サービスアカウント")
MESSAGE(ROTATE_TASK, "Rotate what it could use: the credentials of the task role, and its secrets.",
        "利用できた認証情報（タスクロールの認証情報、シークレット）をローテーションしてください。")
MESSAGE(ROTATE_INSTANCE, "Rotate what it could use: the credentials of the instance profile, and all keys on its disk.",
        "利用できた認証情報（インスタンスプロファイルの認証情報、ディスク上の鍵）をローテーションしてください。")
MESSAGE(ROTATE_HOST, "Rotate the keys and passwords that it held.", "マシンが保持していた鍵とパスワードを変更してください。")
MESSAGE(
    ENTRY_POD,
    "Find how it came in: compare the image's digest with the one that was built, and see in the audit log who created or changed the pod "
    "and its owner.",
    "イメージのダイジェストをビルド時のものと比較し、Pod とその所有者を誰が作成または変更したかを監査ログで確認して、侵入経路を特定してください。")
MESSAGE(
    ENTRY_TASK,
    "Find how it came in: compare the image's digest with the one that was built, and see in CloudTrail who registered the task "
    "definition{named_definition} and started the task.",
    "イメージのダイジェストをビルド時のものと比較し、タスク定義 {named_definition} の登録とタスクの起動を誰が行ったかを CloudTrail で確認して、侵入経路を特定してください。")
MESSAGE(NAMED_DEFINITION, " {definition}", "{definition}")
MESSAGE(
    ENTRY_HOST,
    "Find how it came in: log-ins, exposed services, new programs and scheduled jobs in the days up to {first_day}.",
    "{first_day} までの数日間のログイン、公開サービス、新しいプログラム、定期実行ジョブを確認し、侵入経路を特定してください。")
MESSAGE(OTHERS_WALLET, "Look for others that mine for the same login or at the same pool.",
        "同じログイン名または同じプールでマイニングしている他のマシンも探してください。")
MESSAGE(OTHERS_POOL, "Look for others that talk to the same pool.", "同じプールと通信している他のマシンも探してください。")
MESSAGE(ADVISE_WEB, "Find the web page, extension or program that mines, and close it.",
        "マイニングを行っているウェブページ、拡張機能、またはプログラムを特定し、閉じてください。")
MESSAGE(ADVISE_WEB_SITE,
        "If it is a page of your own, its site was changed: look for the script, and for how it was put there.",
        "自組織のページであれば、サイトが改ざんされています。スクリプトとその混入経路を調べてください。")
MESSAGE(ADVISE_WEB_BLOCK, "Block the service by name when nobody wants it.",
        "必要とする利用者がいなければ、サービスを名前で遮断してください。")
MESSAGE(ADVISE_SERVICE, "Treat each of its clients as a miner: they have findings of their own, or are listed as members.",
        "接続している各クライアントもマイナーとして扱ってください。個別の検知があるか、メンバーとして記載されています。")
MESSAGE(
    ADVISE_CAMPAIGN, "Do what the finding of each machine advises; one login on many machines means one hand.",
    "各マシンの検知に示された対応を行ってください。多数のマシンが同じログイン名を使っていることは、同一の者による操作を意味します。")
MESSAGE(ADVISE_CAMPAIGN_ENTRY,
        "Look for what they have in common: an image, a key, an exposed service, a tool that deploys software.",
        "イメージ、鍵、公開サービス、配布ツールなど、これらのマシンに共通するものを調べてください。")
MESSAGE(ADVISE_CAMPAIGN_OTHERS, "Look for the login in other places that are not seen from here.",
        "ここから観測できない場所でも、同じログイン名を探してください。")
MESSAGE(
    ADVISE_SCAN, "Find the program that searches for pools, and how it came there; it has no work yet, but means to.",
    "プールを探しているプログラムとその混入経路を特定してください。まだジョブは得ていませんが、マイニングを意図しています。")
MESSAGE(ADVISE_SCAN_WANTED, "If it is a scan of your own, a site list can say so.",
        "自組織のスキャンであれば、サイトの許可リストに登録できます。")
MESSAGE(
    ADVISE_LOOKUP, "Find out which program or person asked: a browser, a security tool or a crawler does so, too.",
    "どのプログラムまたは利用者が問い合わせたかを確認してください。ブラウザー、セキュリティツール、クローラーが問い合わせることもあります。")
MESSAGE(ADVISE_LOOKUP_RESOLVER, "If {miner} is a resolver, its log tells for whom it asked.",
        "{miner} がリゾルバーであれば、誰のために問い合わせたかをそのログで確認できます。")
MESSAGE(ADVISE_LOOKUP_THEN, "There is nothing else to do unless a connection to the pool follows.",
        "プールへの接続が続かない限り、それ以上の対応は不要です。")
MESSAGE(ADVISE_DEAD, "The pool is gone, so that nothing can be mined there: look for an old miner, and remove it.",
        "プールは閉鎖されており、マイニングはできません。古いマイナーが残っていないかを調べ、削除してください。")
MESSAGE(ADVISE_MALWARE, "The name is known from malware: look on the machine for a program that nobody installed.",
        "この名前はマルウェアで使われているものです。意図せず導入されたプログラムがないか、マシンを調べてください。")
MESSAGE(ADVISE_WEB_LOOKUP, "Find out which web page or extension asked, and whether it should.",
        "どのウェブページまたは拡張機能が問い合わせたか、それが意図されたものかを確認してください。")
MESSAGE(ADVISE_CONTACT, "Find out which program made the connection: a miner, or a browser that shows the pool's web site.",
        "接続したプログラムがマイナーなのか、プールのウェブサイトを表示したブラウザーなのかを確認してください。")
MESSAGE(ADVISE_CONTACT_IF,
        "If nobody knows of it, treat the machine as one that mines, and keep its disk and memory for the investigation.",
        "心当たりのある人がいなければ、マイニングしているマシンとして扱い、調査のためにディスクとメモリーを保全してください。")
MESSAGE(ADVISE_NODE, "There is nothing to do if the node or wallet is wanted; a site list can say so.",
        "意図して運用しているノードまたはウォレットであれば、対応は不要です。サイトの許可リストに登録できます。")
MESSAGE(ADVISE_NODE_ELSE, "Otherwise find out who runs it.", "そうでなければ、運用者を確認してください。")

/* What the columns of the table are called, and cells of it. Severities from low to critical. */
MESSAGE(HEADING_SEVERITY, "SEVERITY", "深刻度")
MESSAGE(HEADING_STAGE, "STAGE", "段階")
MESSAGE(HEADING_MINER, "MINER", "マイナー")
MESSAGE(HEADING_POOL, "POOL", "プール")
MESSAGE(HEADING_PROTOCOL, "PROTOCOL", "プロトコル")
MESSAGE(HEADING_LOGIN, "LOGIN", "ログイン名")
MESSAGE(HEADING_SHARES, "SHARES", "シェア")
MESSAGE(HEADING_FIRST_SEEN, "FIRST SEEN (UTC)", "初回検知 (UTC)")
MESSAGE(SEVERITY_LOW, "low", "低")
MESSAGE(SEVERITY_MEDIUM, "medium", "中")
MESSAGE(SEVERITY_HIGH, "high", "高")
MESSAGE(SEVERITY_CRITICAL, "critical", "重大")
MESSAGE(CELL_POOLS, "{members} pools", "プール {members} 件")
MESSAGE(CELL_SHARES, "{accepted} of {shares}", "{accepted}/{shares}")

/* What evidence saw. */
DETAIL(FACTS, "counters and texts of a flow", "フローのカウンターとテキスト")
DETAIL(SUBSCRIBE, "subscribed to mining work{with_agent}", "マイニングジョブの購読を開始{with_agent}")
DETAIL(LOGIN, "logged in to a pool{login_as}{with_agent}", "プールにログイン{login_as}{with_agent}")
DETAIL(REQUEST, "asked for what only a miner asks for", "マイナーだけが行う要求を送信")
DETAIL(SUBMIT, "handed in a share{share_for}", "シェアを提出{share_for}")
DETAIL(HASHRATE, "reported its hash rate{claim}", "ハッシュレートを申告{claim}")
DETAIL(SUBSCRIBED, "the pool opened a mining session", "プールがマイニングセッションを開始")
DETAIL(JOB, "the pool handed out a job{with_algorithm}{with_difficulty}",
       "プールがジョブを配布{with_algorithm}{with_difficulty}")
DETAIL(DIFFICULTY, "the pool set the difficulty{with_difficulty}", "プールが難易度を設定{with_difficulty}")
DETAIL(NOTICE, "the pool changed the session's parameters", "プールがセッションのパラメーターを変更")
DETAIL(KEEPALIVE, "the pool answered a miner's keep-alive", "プールがマイナーのキープアライブに応答")
DETAIL(DIALOGUE, "both sides spoke the dialect and their messages fit", "双方が同じプロトコルで通信し、メッセージが対応")
DETAIL(PIECES, "cut messages of both sides fit the dialect", "双方の断片的なメッセージがプロトコルに適合")
DETAIL(REFUSED, "the pool refused the login{login_as}{for_reason}", "プールがログインを拒否{login_as}{for_reason}")
DETAIL(REJECTED, "the pool rejected a share{for_reason}", "プールがシェアを拒否{for_reason}")
DETAIL(ACCEPTED, "the pool accepted a share", "プールがシェアを承認")
DETAIL(NAME_ASKED, "asked for {name_from}{with_answer}{by_server}", "{name_from} を問い合わせ{with_answer}{by_server}")
DETAIL(NAME_DENIED, "got no address for {name_from}{with_answer}{by_server}",
       "{name_from} のアドレスを得られず{with_answer}{by_server}")
DETAIL(NAME_ANSWERED, "got an address for {name_from}{with_answer}{by_server}",
       "{name_from} のアドレスを取得{with_answer}{by_server}")
DETAIL(DPI, "nDPI calls the connection mining", "nDPI が接続をマイニングと判定")
DETAIL(HEADER, "asked for work over HTTP as only mining programs do",
       "マイニングプログラムに固有の形式により HTTP でジョブを要求")
DETAIL(FRAMES, "handshake and messages have the lengths of Stratum V2", "ハンドシェイクとメッセージの長さが Stratum V2 に一致")
DETAIL(SIDECHAIN, "spoke p2pool's peer protocol", "p2pool のピアプロトコルで通信")
DETAIL(NODE, "spoke the peer protocol of a coin's network{of_coin} with {server_endpoint}{node_agent}",
       "暗号資産ネットワーク{of_coin}のピアプロトコルで {server_endpoint} と通信{node_agent}")
DETAIL(WALLET, "the login is a wallet address whose checksum is right{which_login}",
       "ログイン名はチェックサムの正しいウォレットアドレス{which_login}")
DETAIL(DONATION, "mined for XMRig's authors for a while, as XMRig does",
       "XMRig の動作どおり、一定時間その作者のためにマイニング")
DETAIL(SCAN, "spoke to many pools and got no work", "多数のプールと通信し、ジョブを得られず")
DETAIL(SERVICE, "hands out work to miners from inside the network", "ネットワーク内部からマイナーにジョブを配布")
DETAIL(CAMPAIGN, "several machines mine for one wallet{which_login}",
       "複数のマシンが同じウォレットのためにマイニング{which_login}")
DETAIL(CONTACT, "connected to the address that it got for {name_from}: {pool_endpoint}",
       "{name_from} から得たアドレスに接続: {pool_endpoint}")
DETAIL(LISTED, "the pool's address and port are listed, as {row_kind}: list {list}, line {line}, {entry}",
       "プールのアドレスとポートは登録済み: {row_kind}、リスト {list}、{line} 行目、{entry}")

/* Parts of these. */
MESSAGE(WITH_AGENT, " with agent {agent}", "、エージェント {agent}")
MESSAGE(LOGIN_AS, " as {login_short}", "、ログイン名 {login_short}")
MESSAGE(SHARE_FOR, " for {login_short}", "、支払先 {login_short}")
MESSAGE(CLAIMED, ": {claimed} H/s", ": {claimed} H/s")
MESSAGE(WITH_ALGORITHM, ", algorithm {algorithm}", "、アルゴリズム {algorithm}")
MESSAGE(WITH_DIFFICULTY, ", difficulty {difficulty}", "、難易度 {difficulty}")
MESSAGE(FOR_REASON, ": {reason}", "、理由: {reason}")
MESSAGE(NAME_FROM, "{name}, to which {asked} leads", "{name}（{asked} の参照先）")
MESSAGE(WITH_ANSWER, ": {answer}", ": {answer}")
MESSAGE(BY_SERVER, " (DNS server {server})", "（DNS サーバー {server}）")
MESSAGE(BY_LOG, " (from a DNS log)", "（DNS ログによる）")
MESSAGE(OF_COIN, ": {row_coin}", "（{row_coin}）")
MESSAGE(NODE_AS, " as {agent}", "、エージェント {agent}")
MESSAGE(WHICH_LOGIN, ": {login_short}", ": {login_short}")

/* What else could have caused it. */
FALSIFIED(FACTS, "nothing, as it shows nothing", "該当なし")
FALSIFIED(SUBSCRIBE, "a scanner or test client that only says hello",
          "最初の挨拶だけを送るスキャナーまたはテスト用クライアント")
FALSIFIED(LOGIN, "a test client that speaks this dialect", "このプロトコルを話すテスト用クライアント")
FALSIFIED(REQUEST, "a test client that speaks this dialect", "このプロトコルを話すテスト用クライアント")
FALSIFIED(SUBMIT, "a test client that replays shares", "シェアを再送するテスト用クライアント")
FALSIFIED(HASHRATE, "a test client that speaks this dialect", "このプロトコルを話すテスト用クライアント")
FALSIFIED(SUBSCRIBED, "a test server that speaks this dialect", "このプロトコルを話すテスト用サーバー")
FALSIFIED(JOB, "a test server that speaks this dialect", "このプロトコルを話すテスト用サーバー")
FALSIFIED(DIFFICULTY, "a test server that speaks this dialect", "このプロトコルを話すテスト用サーバー")
FALSIFIED(NOTICE, "a test server that speaks this dialect", "このプロトコルを話すテスト用サーバー")
FALSIFIED(KEEPALIVE, "a test server that speaks this dialect", "このプロトコルを話すテスト用サーバー")
FALSIFIED(DIALOGUE, "a test client with a test server", "テスト用クライアントとテスト用サーバーの組み合わせ")
FALSIFIED(PIECES, "another program that uses the same words; a capture with whole packets tells",
          "同じ語を使う別のプログラム（パケット全体のキャプチャがあれば判別可能）")
FALSIFIED(REFUSED, "a test client with a test server", "テスト用クライアントとテスト用サーバーの組み合わせ")
FALSIFIED(REJECTED, "a test client with a test server", "テスト用クライアントとテスト用サーバーの組み合わせ")
FALSIFIED(ACCEPTED, "a test client with a test server", "テスト用クライアントとテスト用サーバーの組み合わせ")
FALSIFIED(NAME_ASKED, "a person, a crawler or a resolver that looks names up", "名前を調べる人、クローラー、またはリゾルバー")
FALSIFIED(NAME_DENIED, "a person, a crawler or a resolver that looks names up", "名前を調べる人、クローラー、またはリゾルバー")
FALSIFIED(NAME_ANSWERED, "a person, a crawler or a resolver that looks names up",
          "名前を調べる人、クローラー、またはリゾルバー")
FALSIFIED(DPI, "nDPI calls other lines of JSON mining too", "nDPI はほかの JSON 行もマイニングと判定")
FALSIFIED(HEADER, "a test client that speaks this dialect", "このプロトコルを話すテスト用クライアント")
FALSIFIED(FRAMES, "an encrypted protocol with the same lengths throughout", "すべての長さが一致する別の暗号化プロトコル")
FALSIFIED(SIDECHAIN, "a crawler of p2pool's network", "p2pool ネットワークのクローラー")
FALSIFIED(NODE, "a wallet or an explorer that speaks it without being a full node",
          "フルノードではないが同じプロトコルを話すウォレットまたはエクスプローラー")
FALSIFIED(WALLET, "somebody else's address", "他人のアドレス")
FALSIFIED(DONATION, "somebody who mines for them on purpose", "意図して作者のためにマイニングする者")
FALSIFIED(SCAN, "a miner whose pools all fail", "使っているプールがすべて機能していないマイナー")
FALSIFIED(SERVICE, "a test server that speaks this dialect", "このプロトコルを話すテスト用サーバー")
FALSIFIED(CAMPAIGN, "one owner's own machines", "同じ所有者自身のマシン群")
FALSIFIED(CONTACT, "a person who looks at the pool's web site, or something else at that address",
          "プールのウェブサイトを見る人、または同じアドレスにある別のもの")
FALSIFIED(LISTED, "an address that has another owner than when it was listed", "登録後に所有者が変わったアドレス")

#undef MESSAGE
#undef DETAIL
#undef FALSIFIED
