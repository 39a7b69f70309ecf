using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Recording;

/// <summary>What the lab logs about recording; never what cells hold.</summary>
internal static partial class RecordingLog
{
    [LoggerMessage(3501, LogLevel.Warning, "{Path} cannot be written: {Reason} The outputs stay in the journal; it is tried again")]
    public static partial void NotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(3502, LogLevel.Information, "{Path}: an execution has no cell in the file (any more); its outputs stay in the journal: holdfast outputs")]
    public static partial void NoCell(ILogger logger, string path);

    [LoggerMessage(3503, LogLevel.Error, "Recording of kernel {Id} has failed; it is tried again")]
    public static partial void Failed(ILogger logger, string id, Exception exception);

    [LoggerMessage(3504, LogLevel.Information, "Another lab writes the notebooks of {Root}; this one answers from the same journals")]
    public static partial void OtherLabWrites(ILogger logger, string root);

    [LoggerMessage(3505, LogLevel.Warning, "{File} cannot be kept: {Reason}")]
    public static partial void NotKept(ILogger logger, string file, string reason);
}
