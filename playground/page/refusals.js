// What a person is told when something was refused: a sentence where there is one to say.

const SENTENCES = {
  action_not_found: "This button is no longer there: the message has changed.",
  command_takes_no_files: "A command takes no files: share them first, then ask.",
  file_empty: "That file is empty.",
  file_not_found: "That file is no longer there, or not for this person.",
  file_too_large: "That file is too big: a file may have up to 10 MB.",
  message_not_found: "That message is no longer there.",
  too_many_files: "A message may have up to 10 files.",
};

export const sentence = ({ message }) => SENTENCES[message] ?? `That did not work: ${message}`;
