// Emoji shortcodes that people and bots write often. An unknown one stays as it was typed.

const TABLE = `
smile 😄|smiley 😃|grinning 😀|grin 😁|joy 😂|rofl 🤣|sweat_smile 😅|slightly_smiling_face 🙂|wink 😉
blush 😊|heart_eyes 😍|sunglasses 😎|thinking_face 🤔|thinking 🤔|neutral_face 😐|confused 😕|cry 😢
sob 😭|scream 😱|angry 😠|sleeping 😴|wave 👋|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|ok_hand 👌|clap 👏
raised_hands 🙌|pray 🙏|muscle 💪|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|eyes 👀|brain 🧠
heart ❤️|broken_heart 💔|sparkles ✨|star ⭐|star2 🌟|fire 🔥|100 💯|tada 🎉|balloon 🎈|gift 🎁|trophy 🏆
rocket 🚀|zap ⚡|bulb 💡|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|gear ⚙️|mag 🔍|lock 🔒|unlock 🔓|key 🔑
link 🔗|paperclip 📎|pushpin 📌|memo 📝|pencil2 ✏️|books 📚|book 📖|page_facing_up 📄|file_folder 📁
clipboard 📋|calendar 📅|date 📅|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊
email 📧|inbox_tray 📥|outbox_tray 📤|package 📦|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣|speech_balloon 💬
thought_balloon 💭|robot_face 🤖|robot 🤖|ghost 👻|bug 🐛|snake 🐍|computer 💻|phone 📱|microphone 🎤
musical_note 🎵|art 🎨|performing_arts 🎭|camera 📷|frame_with_picture 🖼️|coffee ☕|beer 🍺|pizza 🍕|cake 🍰
apple 🍎|sunny ☀️|cloud ☁️|partly_sunny ⛅|umbrella ☔|snowflake ❄️|earth_africa 🌍|globe_with_meridians 🌐
house 🏠|office 🏢|car 🚗|airplane ✈️|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰
clock1 🕐|clock3 🕒|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|no_entry ⛔
no_entry_sign 🚫|warning ⚠️|rotating_light 🚨|exclamation ❗|question ❓|grey_question ❔|information_source ℹ️
recycle ♻️|double_vertical_bar ⏸️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️
arrows_counterclockwise 🔄|heavy_plus_sign ➕|heavy_minus_sign ➖|red_circle 🔴|large_green_circle 🟢
large_yellow_circle 🟡|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣
five 5️⃣|hash #️⃣|octagonal_sign 🛑|construction 🚧|soon 🔜|new 🆕|label 🏷️|moneybag 💰|handshake 🤝|ticket 🎫
seedling 🌱|broom 🧹`;

const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry) => entry.split(" ")),
);

/** The ones offered for a reaction, most used first. */
export const REACTIONS = (
  "+1 heart joy tada eyes white_check_mark raised_hands fire thinking_face rocket 100 pray clap " +
  "wave bulb sob -1 x question coffee star"
).split(" ");

/** The sign for a shortcode, or null for one that we do not know. */
export function emojiSign(name) {
  return EMOJI.get(name.split("::")[0]) ?? null;
}

/** The shortcode between colons that stands at a place of a text, or null for none that we know. */
export function emojiAt(text, at) {
  const found = /^:([a-z0-9_+-]+(?:::[a-z0-9_-]+)?):/.exec(text.slice(at, at + 48));
  return found && emojiSign(found[1]) ? found[1] : null;
}

/** Shortcodes that start with these letters, then those that contain them. */
export function emojiNames(letters, limit) {
  const names = [...EMOJI.keys()];
  const starting = names.filter((name) => name.startsWith(letters));
  const inside = names.filter((name) => !name.startsWith(letters) && name.includes(letters));
  return [...starting, ...inside].slice(0, limit);
}
