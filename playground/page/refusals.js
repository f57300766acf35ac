// What a person is told when something was refused: a sentence where there is one to say.

const SENTENCES = {
  action_not_found: "This button is no longer there: the message has changed.",
  message_not_found: "That message is no longer there.",
};

export const sentence = ({ message }) => SENTENCES[message] ?? `That did not work: ${message}`;
