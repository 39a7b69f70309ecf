using Holdfast.Keeper.Wire;

namespace Holdfast.Keeper.Host;

/// <summary>What the keeper owns and tells its clients about.</summary>
internal interface IOwned
{
    /// <summary>The kernel's id or the terminal's name.</summary>
    string Id { get; }

    /// <summary>Number of the last record that readers can see.</summary>
    long VisibleSequence { get; }

    /// <summary>By which frames clients are told.</summary>
    OwnedFrames Frames { get; }

    /// <summary>The record as it stands now, in JSON.</summary>
    byte[] Describe();
}

/// <summary>The frames that carry news of one kind of owned thing.</summary>
internal readonly record struct OwnedFrames(FrameType Changed, FrameType Removed, FrameType Advanced);
