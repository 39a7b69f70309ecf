using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Contents;

/// <summary>Why a request for contents was not done.</summary>
/// <param name="Status">The HTTP status that says so.</param>
/// <param name="Message">One or more sentences that name the file, the fault and the mend.</param>
/// <param name="Reason">A short word that clients compare (<c>bad type</c>, <c>bad format</c>); usually null.</param>
internal sealed record ContentsFault(int Status, string Message, string? Reason = null)
{
    private const int Enospc = 28;
    private const int Edquot = 122;
    private const int Eagain = 11;
    private const int Erofs = 30;
    private const int Enametoolong = 36;

    public static ContentsFault Missing(ContentsPath path) => Missing(path.Api);

    public static ContentsFault Missing(string path) => new(StatusCodes.Status404NotFound, $"file or directory '{path}' does not exist");

    public static ContentsFault Bad(string message, string? reason = null) => new(StatusCodes.Status400BadRequest, message, reason);

    /// <summary>A pipe, socket or device: reading it may never end, and replacing one would break what uses it.</summary>
    public static ContentsFault NoFile(ContentsPath path) => Bad($"{path.Api} is not a regular file", "bad type");

    /// <summary>Does something to the file system; the expected failures come back as faults.</summary>
    public static ContentsFault? Try(ContentsPath path, Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Of(path, fault);
        }
    }

    public static ContentsFault Of(ContentsPath path, Exception fault) => fault switch
    {
        FileNotFoundException => Missing(path),
        DirectoryNotFoundException => new(StatusCodes.Status404NotFound, $"The folder of '{path.Api}' does not exist"),
        UnauthorizedAccessException => new(StatusCodes.Status403Forbidden, $"Permission denied: '{path.Api}'. The lab's user may not do this there."),
        PathTooLongException => Bad($"The name is too long: '{path.Api}'"),
        IOException { HResult: Enospc or unchecked((int)0x80070070) } => new(StatusCodes.Status507InsufficientStorage,
            $"The disk is full: '{path.Api}' was not saved, and what was there before is unchanged. Free some room and save again."),
        IOException { HResult: Edquot } => new(StatusCodes.Status507InsufficientStorage,
            $"The disk quota is used up: '{path.Api}' was not saved, and what was there before is unchanged. Free some room and save again."),
        IOException { HResult: Erofs } => new(StatusCodes.Status403Forbidden, $"The file system of '{path.Api}' is read-only"),
        IOException { HResult: Enametoolong } => Bad($"The name is too long: '{path.Api}'"),
        IOException { HResult: Eagain } => new(StatusCodes.Status503ServiceUnavailable, $"'{path.Api}' is being written; mend: try again."),
        _ => new(StatusCodes.Status500InternalServerError, $"Unexpected error: '{path.Api}': {fault.Message}"),
    };
}
