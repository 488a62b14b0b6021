/** Named apart from the topics, whose tables are only loaded when one is read. */
export const topicNames = ['keys', 'methods', 'health', 'exit'] as const;
