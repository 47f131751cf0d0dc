# For Homebrew. It was never run: the project is built where no macOS is. The
# workflow in .github makes the .app; put its address and its sum below.
cask "open-interest-tracker" do
  version "VERSION"
  sha256 "SUM-OF-THE-ARCHIVE"

  url "ADDRESS-OF/openinterest-#{version}-macos.zip"
  name "Open Interest Tracker"
  desc "Open interest of every USDT perpetual contract, tracked live"

  app "Open Interest Tracker.app"
  binary "#{appdir}/Open Interest Tracker.app/Contents/MacOS/openinterest"

  zap trash: "~/Library/Application Support/openinterest"
end
