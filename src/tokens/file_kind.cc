// Files are known by the bytes that their formats begin with, for names lie: a download may be
// called data.txt and be an archive. Each mark comes with what to do about it.
#include "tokens/file_kind.h"

#include <cstdint>

namespace saelaw {
namespace {

using std::string_view_literals::operator""sv;

// The bytes at `offset` of a file, and what it then is.
struct Mark {
  std::string_view bytes;
  std::size_t offset;
  FileKind kind;
};

constexpr std::string_view kAsLines =
    "write its text as JSON lines (in Python: pandas' to_json(orient='records', lines=True))";
constexpr std::string_view kLeaveOut = "leave it out of activations.text";
constexpr std::string_view kWeights = "weights belong in activations.model";
constexpr std::string_view kIds = "token ids belong in activations.token_files";
constexpr std::string_view kExtract = "extract its text first (pdftotext, pandoc)";

// Marks of bytes that no text begins with, or of letters that mean nothing else.
constexpr Mark kMarks[] = {
    {"\x1F\x8B"sv, 0, {"a gzip archive", "unpack it first (gunzip)"}},
    {"\x28\xB5\x2F\xFD"sv, 0, {"a zstd archive", "unpack it first (unzstd)"}},
    {"\xFD"
     "7zXZ\0"sv,
     0,
     {"an xz archive", "unpack it first (unxz)"}},
    {"\x04\x22\x4D\x18"sv, 0, {"an lz4 archive", "unpack it first (unlz4)"}},
    {"PK\x03\x04"sv,
     0,
     {"a zip archive (or .docx, .xlsx, .epub, .npz, .pt)", "unpack it or extract its text first"}},
    {"PK\x05\x06"sv, 0, {"an empty zip archive", kLeaveOut}},
    {"7z\xBC\xAF\x27\x1C"sv, 0, {"a 7z archive", "unpack it first (7z x)"}},
    {"Rar!\x1A\x07"sv, 0, {"a rar archive", "unpack it first (unrar x)"}},
    {"ARROW1\0\0"sv, 0, {"an Arrow table", kAsLines}},
    {"%PDF-"sv, 0, {"a PDF", kExtract}},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, 0, {"an old Office document", kExtract}},
    {"{\\rtf1"sv, 0, {"a rich text document", kExtract}},
    {"%!PS-Adobe"sv, 0, {"a PostScript document", kExtract}},
    {"\x89PNG\r\n"sv, 0, {"a PNG image", kLeaveOut}},
    {"\xFF\xD8\xFF"sv, 0, {"a JPEG image", kLeaveOut}},
    {"GIF87a"sv, 0, {"a GIF image", kLeaveOut}},
    {"GIF89a"sv, 0, {"a GIF image", kLeaveOut}},
    {"\x93NUMPY"sv, 0, {"a numpy array", kIds}},
    {"\x89HDF\r\n"sv, 0, {"an HDF5 file", kAsLines}},
    {"SQLite format 3\0"sv, 0, {"an SQLite database", kAsLines}},
    {"\x7F"
     "ELF"sv,
     0,
     {"a program", kLeaveOut}},
    {"version https://git-lfs.github.com/spec/v1"sv,
     0,
     {"a pointer of git LFS, whose content was never fetched", "run `git lfs pull` in its folder"}},
    {"version https://hawser.github.com/spec/v1"sv,
     0,
     {"a pointer of git LFS, whose content was never fetched", "run `git lfs pull` in its folder"}},
    {"/annex/objects/"sv,
     0,
     {"a pointer of git annex, whose content was never fetched", "run `git annex get` on it"}},
};

// Marks of a few letters, which a text may begin with too, and marks of bytes that are no text but
// are short. They count only where it is known that the file is no text.
constexpr Mark kBinaryMarks[] = {
    {"PAR1"sv, 0, {"a Parquet table", kAsLines}},
    {"GGUF"sv, 0, {"a GGUF model", kWeights}},
    {"ORC"sv, 0, {"an ORC table", kAsLines}},
    {"Obj\x01"sv, 0, {"an Avro table", kAsLines}},
    {"\xFF\xFF\xFF\xFF"sv, 0, {"an Arrow stream", kAsLines}},
    {"BZh"sv, 0, {"a bzip2 archive", "unpack it first (bunzip2)"}},
    {"ustar"sv, 257, {"a tar archive", "unpack it first (tar -xf)"}},
    {"RIFF"sv, 0, {"a sound or image", kLeaveOut}},
    {"OggS"sv, 0, {"a sound", kLeaveOut}},
    {"ID3"sv, 0, {"a sound", kLeaveOut}},
    {"ftyp"sv, 4, {"a film or sound", kLeaveOut}},
    {"AT&TFORM"sv, 0, {"a DjVu document", kExtract}},
    {"{\""sv, 8, {"a safetensors file", kWeights}},
    {"\x80\x02"sv, 0, {"a Python pickle", kAsLines}},
    {"\x80\x03"sv, 0, {"a Python pickle", kAsLines}},
    {"\x80\x04"sv, 0, {"a Python pickle", kAsLines}},
    {"\x80\x05"sv, 0, {"a Python pickle", kAsLines}},
};

template <std::size_t n>
FileKind FirstMatch(const Mark (&marks)[n], std::string_view bytes) {
  for (const Mark& mark : marks) {
    if (bytes.size() > mark.offset && bytes.substr(mark.offset, mark.bytes.size()) == mark.bytes) {
      return mark.kind;
    }
  }
  return {};
}

}  // namespace

FileKind RecogniseKind(std::string_view bytes) { return FirstMatch(kMarks, bytes); }

FileKind RecogniseBinaryKind(std::string_view bytes) { return FirstMatch(kBinaryMarks, bytes); }

}  // namespace saelaw
