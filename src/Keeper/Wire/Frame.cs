namespace Holdfast.Keeper.Wire;

/// <summary>What travels between a keeper and its clients: <c>u32 length, u8 type, u32 number, payload</c>, little-endian; the length counts the payload.</summary>
internal enum FrameType : byte
{
    /// <summary>Client: a <see cref="Request"/> in JSON; answered by <see cref="Reply"/> with the same number.</summary>
    Request = 1,
    /// <summary>Client: one byte length of the kernel's id, the id, a message in the layout of WebSocketV1.</summary>
    Send = 2,
    /// <summary>Client, once: asks for <see cref="Hello"/> and the news that follow it; with one byte, 1, also for those of terminals, which older clients do not know.</summary>
    Follow = 3,
    /// <summary>Client: one byte length of the terminal's name, the name, what is typed.</summary>
    Input = 4,
    /// <summary>Keeper, answer to <see cref="Follow"/>: <see cref="Wire.Hello"/> in JSON.</summary>
    Hello = 128,
    /// <summary>Keeper: a <see cref="Wire.Reply"/> in JSON.</summary>
    Reply = 129,
    /// <summary>Keeper: a kernel is new or changed; its record in JSON.</summary>
    Changed = 130,
    /// <summary>Keeper: a kernel was shut down; its record in JSON.</summary>
    Removed = 131,
    /// <summary>Keeper: i64 number of the last visible record, then the kernel's id.</summary>
    Advanced = 132,
    /// <summary>Keeper, instead of anything else: the connection is not taken in; why, in UTF-8.</summary>
    Refused = 133,
    /// <summary>Keeper: a terminal is new or changed; its record in JSON.</summary>
    TerminalChanged = 134,
    /// <summary>Keeper: a terminal has ended; its record in JSON.</summary>
    TerminalRemoved = 135,
    /// <summary>Keeper: i64 number of the last visible record, then the terminal's name.</summary>
    TerminalAdvanced = 136,
}

/// <summary>One frame. The payload is valid until the next read on the same connection.</summary>
internal readonly record struct Frame(FrameType Type, uint Number, ReadOnlyMemory<byte> Payload);
