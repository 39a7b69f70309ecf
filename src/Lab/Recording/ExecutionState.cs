namespace Holdfast.Lab.Recording;

/// <summary>How far an execution is.</summary>
internal enum ExecutionState
{
    /// <summary>Sent to the kernel, not begun.</summary>
    Queued,
    /// <summary>The kernel works on it.</summary>
    Running,
    /// <summary>It ended well.</summary>
    Done,
    /// <summary>It ended with an error.</summary>
    Error,
    /// <summary>It has no end, or was never begun: the kernel died or was restarted, or an error before it called it off.</summary>
    Lost,
}
