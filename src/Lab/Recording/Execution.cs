namespace Holdfast.Lab.Recording;

/// <summary>One execution of a notebook's cell, folded from the journal of its kernel. Belongs to its <see cref="KernelRecording"/>, under whose lock it changes.</summary>
internal sealed class Execution : OutputFold
{
    /// <summary>msg_id of the request.</summary>
    public required string MessageId { get; init; }
    /// <summary>Number of the request in the journal.</summary>
    public required long Request { get; init; }
    /// <summary>When the request was recorded.</summary>
    public required DateTimeOffset Sent { get; init; }
    /// <summary>The code that was sent.</summary>
    public required string Source { get; init; }
    /// <summary>The cell's id as the client has it; null when it sent none.</summary>
    public string? CellId { get; init; }
    /// <summary>The cell's place on the page when it was sent; -1 when unknown.</summary>
    public int Place { get; init; } = -1;
    /// <summary>Whether a notebook sent it, so that a cell that the file lacks is a new one; consoles on the same kernel send cell ids too.</summary>
    public bool IsOfNotebook { get; init; }
    /// <summary>The session that the notebook had when it was sent; null when unknown.</summary>
    public string? Session { get; init; }
    /// <summary>The notebook, relative to the root; follows renames.</summary>
    public required string Path { get; set; }

    public ExecutionState State { get; set; }
    public long? Count { get; set; }
    public DateTimeOffset? Started { get; set; }
    public DateTimeOffset? LastOutput { get; set; }
    /// <summary>Its execute_reply has come.</summary>
    public bool HasReply { get; set; }
    /// <summary>Its idle has come.</summary>
    public bool HasIdle { get; set; }
    /// <summary>While it ran, some of what the kernel sent was not recorded.</summary>
    public bool HasGap { get; set; }
    /// <summary>Number of the input_request that waits for an answer; 0 for none.</summary>
    public long Input { get; set; }

    /// <summary>Number of the last record that changed it.</summary>
    public long Changed { get; set; }
    /// <summary><see cref="Changed"/> when it was last written to the file; 0 for never.</summary>
    public long Written { get; set; }
    /// <summary>The file has had all of it after the run.</summary>
    public bool IsSettled { get; set; }
    /// <summary>Place of its cell in the file when it was last found there; -1 for never.</summary>
    public int Index { get; set; } = -1;
    /// <summary>How many cells the file had then.</summary>
    public int CellCount { get; set; }
    /// <summary>The recorder put its cell into the file, and no page has saved it since.</summary>
    public bool IsInserted { get; set; }
    /// <summary>Its cell is no more: what it puts out stays in the journal.</summary>
    public bool IsDropped { get; set; }

    /// <summary>Whether nothing more is expected of it.</summary>
    public bool IsOver => State == ExecutionState.Lost || (HasReply && HasIdle);

    /// <summary>Whether the file's outputs stand for it, whatever has become of the file since.</summary>
    public bool IsInFile => IsSettled && Changed == Written;

    /// <summary>Whether it has outputs that stand for the cell's: one that was never begun leaves those of the run before.</summary>
    public bool HasBegun => Started is not null;

    /// <inheritdoc />
    public override string Whole => $"holdfast outputs {System.IO.Path.GetFileName(Path)}{(CellId is { } id ? $" --cell {id}" : "")}";

    /// <summary>Makes an execution that is not over a lost one.</summary>
    public void Lose(long sequence)
    {
        if (IsOver)
            return;
        (State, Changed, Input) = (ExecutionState.Lost, sequence, 0);
    }
}
