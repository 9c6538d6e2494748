/// What a change of a thread's page invalidates: the thread by its id, or all of them by an empty text.
enum ThreadTopic {
    static let name = "forum_thread"
}
