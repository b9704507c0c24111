// Reading aloud, and asking by voice: only where the browser does both on this device. Elsewhere neither is offered.
"use strict";
(() => {
  const LANGUAGE = "zh-CN";
  const voices = () => window.speechSynthesis?.getVoices() ?? [];
  // A voice that is not local sends the text to its maker.
  const localVoice = () => voices().find((voice) => voice.localService && /^(zh|cmn)/i.test(voice.lang));

  let speaking = null; // the button whose answer is read

  const buttons = () => document.querySelectorAll("[data-deed=speak]");

  const offerSpeech = () => buttons().forEach((button) => (button.hidden = !localVoice()));

  const showSpeaking = (button) => {
    speaking = button;
    for (const each of buttons()) {
      each.setAttribute("aria-pressed", String(each === button));
      each.textContent = each === button ? "停止朗读" : "朗读";
    }
  };

  const stop = () => {
    window.speechSynthesis.cancel();
    showSpeaking(null);
  };

  // One paragraph after the other: a long one is cut off by some voices.
  const speak = (button) => {
    stop();
    const text = button.closest(".answer").querySelector(".text").cloneNode(true);
    text.querySelectorAll(".mark").forEach((mark) => mark.remove());
    const spoken = [...text.children].map((line) => line.textContent.trim()).filter(Boolean);
    const said = spoken.map((line) => {
      const utterance = new SpeechSynthesisUtterance(line);
      utterance.lang = LANGUAGE;
      utterance.voice = localVoice();
      return utterance;
    });
    if (!said.length || !said[0].voice) return;
    said.at(-1).onend = () => speaking === button && showSpeaking(null);
    showSpeaking(button);
    said.forEach((utterance) => window.speechSynthesis.speak(utterance));
  };

  document.addEventListener("wenzheng:deeds", offerSpeech);
  window.speechSynthesis?.addEventListener?.("voiceschanged", offerSpeech);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-deed=speak]");
    if (!button) return;
    if (speaking === button) stop();
    else speak(button);
  });
  window.addEventListener("pagehide", () => speaking && stop());

  // ── by voice ──

  // Only where the browser says that it recognises Chinese on the device, now, without fetching anything.
  const canHear = async () => {
    const Recognition = window.SpeechRecognition;
    if (!Recognition || !("processLocally" in Recognition.prototype) || !Recognition.available) return false;
    try {
      return (await Recognition.available({ langs: [LANGUAGE], processLocally: true })) === "available";
    } catch {
      return false;
    }
  };

  const listen = (button) => {
    const recognition = new window.SpeechRecognition();
    recognition.lang = LANGUAGE;
    recognition.processLocally = true; // fails rather than send what was said to anyone
    button.setAttribute("aria-pressed", "true");
    button.textContent = "请说话……";
    recognition.onresult = (event) => {
      const box = document.querySelector("#wz-question textarea");
      box.value += event.results[0][0].transcript;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    };
    recognition.onerror = () => window.wenzheng.say("没有听清，请再说一次，或改用键盘。");
    recognition.onend = () => {
      button.setAttribute("aria-pressed", "false");
      button.textContent = "语音输入";
    };
    recognition.start();
  };

  const offerHearing = async () => {
    if (document.querySelector("#wz-hear") || !(await canHear())) return;
    const button = document.createElement("button");
    button.type = "button";
    button.id = "wz-hear";
    button.textContent = "语音输入";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => listen(button));
    document.querySelector("#wz-send").before(button);
  };

  document.addEventListener("wenzheng:ready", offerHearing);
})();
