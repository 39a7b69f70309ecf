namespace Holdfast.Lab.Contents;

/// <summary>Media types by file name, as Python's mimetypes guesses them: the types that Jupyter's clients know.</summary>
internal static class MimeTypes
{
    /// <summary>The type, or null when the name tells none; a compressed file has the type of what is in it and an encoding.</summary>
    public static (string? Type, string? Encoding) Guess(string name)
    {
        var extension = Path.GetExtension(name).ToLowerInvariant();
        var encoding = extension switch { ".gz" => "gzip", ".bz2" => "bzip2", ".xz" => "xz", ".br" => "br", ".z" => "compress", _ => null };
        if (extension is ".tgz")
            return ("application/x-tar", "gzip");
        return (encoding is null ? Of(extension) : Of(Path.GetExtension(Path.GetFileNameWithoutExtension(name)).ToLowerInvariant()), encoding);
    }

    private static string? Of(string extension) => extension switch
    {
        ".txt" or ".log" or ".c" or ".h" or ".bat" or ".ksh" or ".pl" => "text/plain",
        ".py" => "text/x-python",
        ".md" or ".markdown" => "text/markdown",
        ".htm" or ".html" => "text/html",
        ".css" => "text/css",
        ".csv" => "text/csv",
        ".tsv" => "text/tab-separated-values",
        ".js" or ".mjs" => "text/javascript",
        ".rst" => "text/x-rst",
        ".xml" or ".xsl" => "text/xml",
        ".vtt" => "text/vtt",
        ".rtf" => "application/rtf",
        ".sh" => "application/x-sh",
        ".tex" => "application/x-tex",
        ".latex" => "application/x-latex",
        ".json" => "application/json",
        ".map" => "application/json",
        ".geojson" => "application/geo+json",
        ".wasm" => "application/wasm",
        ".pdf" => "application/pdf",
        ".ps" or ".eps" => "application/postscript",
        ".doc" => "application/msword",
        ".docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".xls" => "application/vnd.ms-excel",
        ".xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".ppt" => "application/vnd.ms-powerpoint",
        ".pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ".zip" => "application/zip",
        ".tar" => "application/x-tar",
        ".whl" => "application/octet-stream",
        ".bin" or ".exe" or ".so" or ".o" or ".a" => "application/octet-stream",
        ".pyc" => "application/x-python-code",
        ".hdf" or ".h5" => "application/x-hdf",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".webp" => "image/webp",
        ".avif" => "image/avif",
        ".bmp" => "image/bmp",
        ".svg" => "image/svg+xml",
        ".ico" => "image/vnd.microsoft.icon",
        ".tif" or ".tiff" => "image/tiff",
        ".mp3" => "audio/mpeg",
        ".wav" => "audio/x-wav",
        ".flac" => "audio/flac",
        ".ogg" => "audio/ogg",
        ".mp4" => "video/mp4",
        ".webm" => "video/webm",
        ".mov" => "video/quicktime",
        ".avi" => "video/x-msvideo",
        ".ts" => "video/mp2t",
        ".ttf" => "font/ttf",
        ".otf" => "font/otf",
        ".woff" => "font/woff",
        ".woff2" => "font/woff2",
        _ => null,
    };
}
